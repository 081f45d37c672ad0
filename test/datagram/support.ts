// What the tests of datagram sockets share: sockets on the loopback, and what they are told.
import type { DatagramAddress } from '../../lib/datagram/address.js';
import type { DatagramHandlers } from '../../lib/datagram/handlers.js';
import type { DgramOptions } from '../../lib/datagram/options.js';
import type { DatagramSocket } from '../../lib/datagram/socket.js';
import type { DatagramInfo } from '../../lib/datagram/told.js';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import type { Opened } from '../support/descriptors.js';

export const HOST = '127.0.0.1';

/** What `message` was told. */
export interface Told {
  readonly text: string;
  readonly from: DatagramAddress;
  readonly info: DatagramInfo;
}

/** What a socket was told, in order. */
export interface Heard {
  readonly messages: Told[];
  readonly errors: { code: string | undefined; to: DatagramAddress | undefined }[];
  closed: number;
}

/** Handlers that keep what they are told, and then call `then`. */
export function hearing(heard: Heard, then: DatagramHandlers<never> = {}): DatagramHandlers<never> {
  return {
    ...then,
    message(socket, chunk, from, info) {
      heard.messages.push({ text: Buffer.from(chunk).toString('latin1'), from, info });
      return then.message?.(socket, chunk, from, info);
    },
    error(socket, error, to) {
      heard.errors.push({ code: (error as Error & { code?: string }).code, to });
      return then.error?.(socket, error, to);
    },
    close(socket, error) {
      heard.closed++;
      return then.close?.(socket, error);
    },
  };
}

export function nothingHeard(): Heard {
  return { messages: [], errors: [], closed: 0 };
}

/** The address of a socket of IP, to be sent to. */
export function placeOf(socket: DatagramSocket): { host: string; port: number } {
  const address = socket.address;
  if (address === undefined || !('port' in address)) throw new Error('a socket of IP');
  return { host: address.address, port: address.port };
}

/** A socket at the loopback that keeps what it hears. */
export function listening(
  loop: EventLoop,
  then: DatagramHandlers<never> = {},
  options: DgramOptions = {},
): { socket: DatagramSocket; heard: Heard } {
  const heard = nothingHeard();
  const socket = loop.dgram({ host: HOST, ...options }, hearing(heard, then) as DatagramHandlers);
  return { socket, heard };
}

/** A Unix socket, and what it hears. */
export function unixSocket(
  loop: EventLoop,
  options: DgramOptions,
  then: DatagramHandlers<never> = {},
): { socket: DatagramSocket; heard: Heard } {
  const heard = nothingHeard();
  const socket = loop.dgram(options, hearing(heard, then) as DatagramHandlers);
  return { socket, heard };
}

/** A plain Unix socket at `path`, which is read when it is told to: `readAll`. */
export function plainAt(opened: Opened, path: string): number {
  const type = constant('SOCK_DGRAM') | constant('SOCK_NONBLOCK');
  const fd = opened.keep(raw.socket(constant('AF_UNIX'), type));
  raw.check(raw.bind(fd, { family: 'unix', path }), 'bind');
  return fd;
}

/** What waits at a plain socket. */
export function readAll(fd: number): string[] {
  const buffer = new Uint8Array(70_000);
  const texts: string[] = [];
  for (;;) {
    const length = raw.recv(fd, buffer, 0, buffer.length);
    if (length < 0) return texts;
    texts.push(Buffer.from(buffer.subarray(0, length)).toString());
  }
}
