// What listening and connecting have in common: a socket that is opened, set up and bound,
// and closed again when a later call fails. See socket(7), ip(7).
import { type IpAddress, native } from '../binding/index.js';
import { constant } from '../raw/constants.js';
import { check } from '../raw/errors.js';
import { detailsOf } from './endpoint.js';

const STREAM = constant('SOCK_STREAM') | constant('SOCK_NONBLOCK');

export function openStream(address: IpAddress): number {
  const domain = address.family === 'ipv4' ? constant('AF_INET') : constant('AF_INET6');
  return check(native.socket(domain, STREAM, 0), 'socket');
}

export function setFlag(fd: number, level: number, name: string, on = true): void {
  check(native.setsockopt(fd, level, constant(name), on ? 1 : 0), 'setsockopt');
}

export function bindTo(fd: number, address: IpAddress): void {
  check(native.bind(fd, address), 'bind', detailsOf(address));
}

/** Runs `use`; when it throws, `undo`, and the descriptor is closed again. */
export function guarded<T>(fd: number, use: () => T, undo?: () => void): T {
  try {
    return use();
  } catch (error) {
    undo?.();
    native.close(fd);
    throw error;
  }
}

const LINGER_NONE = new Int32Array([1, 0]);

/** Its close tells the peer by a reset. Where this is refused the connection is gone already. */
export function resetAtClose(fd: number): void {
  native.setsockopt(fd, constant('SOL_SOCKET'), constant('SO_LINGER'), LINGER_NONE);
}

export function setNoDelay(fd: number): void {
  setFlag(fd, constant('IPPROTO_TCP'), 'TCP_NODELAY');
}
