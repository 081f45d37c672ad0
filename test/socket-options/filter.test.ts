// A program of classic BPF on a socket: it sees packets before the program does.
import { expect, it } from 'vitest';
import { native } from '../../lib/binding/index.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { thrownBy } from '../loop/support.js';
import { untilReadable } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { KINDS, setByName, take, udpPair } from './support.js';

guardDescriptors();
const opened = new Opened();
const onLinux = it.runIf(process.platform === 'linux');

function received(fd: number): string {
  untilReadable(fd);
  const buffer = new Uint8Array(64);
  const length = raw.check(raw.recv(fd, buffer), 'recv');
  return Buffer.from(buffer.subarray(0, length)).toString();
}

/** Takes datagrams whose first byte is `letter`: behind the header of UDP. */
const beginsWith = (letter: string) => [
  // Load the byte at 8; if it is the letter, go on, else skip one; take all; take nothing.
  { code: 0x30, jt: 0, jf: 0, k: 8 },
  { code: 0x15, jt: 0, jf: 1, k: letter.charCodeAt(0) },
  ...take(true),
  ...take(false),
];

onLinux('drops the datagrams that it does not take', () => {
  const [sender, receiver] = udpPair(opened);
  const send = (...texts: string[]) => {
    for (const text of texts) raw.send(sender, Buffer.from(text));
  };
  setByName(receiver, 'SO_ATTACH_FILTER', beginsWith('b'));
  send('apple', 'bread', 'cheese', 'butter');
  expect([received(receiver), received(receiver)]).toEqual(['bread', 'butter']);
  setByName(receiver, 'SO_ATTACH_FILTER', beginsWith('c'));
  send('bread', 'cheese');
  expect(received(receiver)).toBe('cheese');
  setByName(receiver, 'SO_DETACH_FILTER', true);
  send('apple');
  expect(received(receiver)).toBe('apple');
});

onLinux('cuts what it takes a part of', () => {
  const [sender, receiver] = udpPair(opened);
  // The header of UDP counts.
  setByName(receiver, 'SO_ATTACH_FILTER', [{ code: 0x06, jt: 0, jf: 0, k: 8 + 3 }]);
  raw.send(sender, Buffer.from('bread'));
  expect(received(receiver)).toBe('bre');
});

onLinux('says which socket of a group gets a datagram', () => {
  const group: number[] = [];
  let port = 0;
  for (let i = 0; i < 3; i++) {
    const fd = KINDS['new udp'](opened);
    setByName(fd, 'SO_REUSEPORT', true);
    raw.check(raw.bind(fd, { family: 'ipv4', address: '127.0.0.1', port }), 'bind');
    port = (raw.getsockname(fd) as raw.IpAddress).port;
    group.push(fd);
  }
  const chosen = [{ code: 0x06, jt: 0, jf: 0, k: 2 }];
  setByName(group[0] as number, 'SO_ATTACH_REUSEPORT_CBPF', chosen);
  for (let i = 0; i < 8; i++) {
    const sender = KINDS['new udp'](opened);
    raw.check(raw.connect(sender, { family: 'ipv4', address: '127.0.0.1', port }), 'connect');
    raw.send(sender, Buffer.from(`${i}`));
  }
  const all = Array.from({ length: 8 }, () => received(group[2] as number));
  expect(all.sort().join('')).toBe('01234567');
});

onLinux('of the most instructions that there may be is taken', () => {
  const fd = KINDS.udp(opened);
  const load = { code: 0x80, jt: 0, jf: 0, k: 0 };
  setByName(fd, 'SO_ATTACH_FILTER', [...new Array(4095).fill(load), ...take(true)]);
});

// The native call itself trusts no length: without its look at the size, or at the name, the
// kernel reads behind the memory, or takes the struct for another option's.
onLinux('by the native call, is checked there as well', () => {
  const fd = KINDS.udp(opened);
  const SO_ATTACH_FILTER = constant('SO_ATTACH_FILTER');
  const attach = (name: number, bytes: Uint8Array) => () => native.attachFilter(fd, name, bytes);
  for (const size of [0, 7, 12, 8 * 4097]) {
    expect(thrownBy(attach(SO_ATTACH_FILTER, new Uint8Array(size)))).toMatchObject({
      code: 'ERR_OUT_OF_RANGE',
    });
  }
  expect(thrownBy(attach(constant('SO_RCVBUF'), new Uint8Array(8)))).toMatchObject({
    code: 'ERR_OUT_OF_RANGE',
  });
  const detached = new Uint8Array(8);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  expect(attach(SO_ATTACH_FILTER, detached)).toThrow(TypeError);
  expect(attach(SO_ATTACH_FILTER, 'x' as never)).toThrow(TypeError);
  // No return at its end.
  expect(native.attachFilter(fd, SO_ATTACH_FILTER, new Uint8Array(8))).toBe(-constant('EINVAL'));
});
