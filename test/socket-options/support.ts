// Sockets of each kind, for options that only some of them have.
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { checkChange, makeChange } from '../../lib/socket-options/access.js';
import type { Opened } from '../support/descriptors.js';

const STREAM = constant('SOCK_STREAM') | constant('SOCK_NONBLOCK');
const DATAGRAM = constant('SOCK_DGRAM') | constant('SOCK_NONBLOCK');

function bound(opened: Opened, domain: string, type: number, address: string): number {
  const fd = opened.keep(raw.socket(constant(domain), type), 'socket');
  const family = domain === 'AF_INET' ? 'ipv4' : 'ipv6';
  raw.check(raw.bind(fd, { family, address, port: 0 }), 'bind');
  return fd;
}

/** Two sockets of UDP over the loopback: what one is connected to is the other. */
export function udpPair(opened: Opened): [sender: number, receiver: number] {
  const receiver = bound(opened, 'AF_INET', DATAGRAM, '127.0.0.1');
  const sender = opened.keep(raw.socket(constant('AF_INET'), DATAGRAM), 'socket');
  raw.check(raw.connect(sender, raw.getsockname(receiver) as raw.IpAddress), 'connect');
  return [sender, receiver];
}

/** As `setOption` by a name, of a descriptor that has no handle. */
export function setByName(fd: number, name: string, value: unknown): void {
  makeChange(fd, checkChange(name, value));
}

/** How to open a socket of each kind. */
export const KINDS = {
  'new tcp': (opened: Opened) => opened.keep(raw.socket(constant('AF_INET'), STREAM)),
  'new tcp6': (opened: Opened) => opened.keep(raw.socket(constant('AF_INET6'), STREAM)),
  tcp: (opened: Opened) => opened.tcpPair()[0],
  listening: (opened: Opened) => opened.listening()[0],
  udp: (opened: Opened) => udpPair(opened)[0],
  'new udp': (opened: Opened) => opened.keep(raw.socket(constant('AF_INET'), DATAGRAM)),
  udp6: (opened: Opened) => opened.keep(raw.socket(constant('AF_INET6'), DATAGRAM)),
  unix: (opened: Opened) => opened.pair()[0],
};

export type SocketKind = keyof typeof KINDS;

/** A program of classic BPF that takes all of a packet, or nothing of it. */
export const take = (isTaken: boolean) => [
  { code: 0x06, jt: 0, jf: 0, k: isTaken ? 2 ** 32 - 1 : 0 },
];
