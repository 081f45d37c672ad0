// rawloop/compat/unix-dgram: the API of npm unix-dgram, for programs that move to rawloop by
// an override. What differs is in docs/moving.md. See unix(7).
import type { RemoteInfo, SocketType, Socket as UdpSocket } from 'node:dgram';
import { builtin } from '../../binding/builtin.js';
import { type MessageInfo, UnixDgramSocket } from './socket.js';

export type { MessageInfo, SendCallback } from './socket.js';
/** What `createSocket('unix_dgram')` returns. */
export type Socket = UnixDgramSocket;

/**
 * A socket of Unix datagrams; of the types of UDP one of `node:dgram`.
 *
 * @param listener is told of each 'message'
 * @throws Error when the kernel has none to give, with `code` and `errno` negative
 * @example
 * const socket = createSocket('unix_dgram', (message) => console.log(String(message)));
 * socket.bind('/run/my.sock');
 */
export function createSocket(
  type: 'unix_dgram',
  listener?: (message: Buffer, info: MessageInfo) => void,
): UnixDgramSocket;
export function createSocket(
  type: SocketType,
  listener?: (message: Buffer, info: RemoteInfo) => void,
): UdpSocket;
export function createSocket(
  type: 'unix_dgram' | SocketType,
  listener?: ((message: Buffer, info: MessageInfo & RemoteInfo) => void) | undefined,
): UnixDgramSocket | UdpSocket {
  if (type === 'udp4' || type === 'udp6') {
    const { createSocket } = builtin('node:dgram') as typeof import('node:dgram');
    return createSocket(type, listener as never);
  }
  return new UnixDgramSocket(type, listener as never);
}
