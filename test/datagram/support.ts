// What the tests of datagram sockets share: sockets on the loopback, and what they are told.
import type { DatagramAddress } from '../../lib/datagram/address.js';
import type { DatagramHandlers } from '../../lib/datagram/handlers.js';
import type { DgramOptions } from '../../lib/datagram/options.js';
import type { DatagramSocket } from '../../lib/datagram/socket.js';
import type { DatagramInfo } from '../../lib/datagram/told.js';
import type { EventLoop } from '../../lib/faces/event-loop.js';

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
