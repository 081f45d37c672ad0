// What users pass to a SocketDuplex, checked before anything is done, and its options of TCP.
import { checkFunction, checkInteger } from '../base/validate.js';
import { native } from '../binding/index.js';
import { constant, constants } from '../raw/constants.js';

/** @throws TypeError, RangeError */
export function checkTimeout(ms: number, callback: unknown): void {
  checkInteger('ms', ms, 0, 2 ** 31 - 1);
  if (callback !== undefined) checkFunction('callback', callback);
}

/** macOS has another name for it. */
const TCP_KEEPIDLE = constants['TCP_KEEPIDLE'] ?? constants['TCP_KEEPALIVE'];

/** What is no TCP socket refuses it, which net.Socket does not tell either. */
export function setKeepAlive(fd: number, on: boolean, initialDelayMs: number): void {
  native.setsockopt(fd, constant('SOL_SOCKET'), constant('SO_KEEPALIVE'), on ? 1 : 0);
  const seconds = Math.floor(initialDelayMs / 1000);
  if (!on || !(seconds > 0) || TCP_KEEPIDLE === undefined) return;
  native.setsockopt(fd, constant('IPPROTO_TCP'), TCP_KEEPIDLE, Math.min(seconds, 32767));
}
