// What native/calls/sockets.cc and socket_options.cc export.
import type { Address } from './address.js';
import type { Bytes } from './descriptors.js';

/** `lib/raw` documents each. */
export interface SocketCalls {
  socket(domain: number, type: number, protocol?: number): number;
  socketpair(domain: number, type: number, protocol?: number): [number, number] | number;
  bind(fd: number, address: Address): number;
  listen(fd: number, backlog: number): number;
  accept4(fd: number, flags?: number): number;
  connect(fd: number, address: Address): number;
  shutdown(fd: number, how: number): number;
  getsockname(fd: number): Address | number;
  getpeername(fd: number): Address | number;
  send(fd: number, buffer: Bytes, offset?: number, length?: number, flags?: number): number;
  recv(fd: number, buffer: Bytes, offset?: number, length?: number, flags?: number): number;
  setsockopt(fd: number, level: number, name: number, value: number | Bytes): number;
  getsockopt(fd: number, level: number, name: number, value?: Bytes): number;
}

export interface AddressCalls {
  /** Whether `bind` and `connect` can read it: 0, or -EINVAL when its text is no address. */
  checkAddress(address: Address): number;
}
