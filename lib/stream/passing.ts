// Bytes with descriptors beside them: sent at once with the caller's own where nothing waits,
// else queued in their place with duplicates, so that the caller may close his when `write`
// returns. See unix(7), SCM_RIGHTS.
//
// What sendmsg(2) says of descriptors, and what each does: EBADF and EINVAL, the caller named
// what cannot be passed, and nothing was sent: it is thrown. ETOOMANYREFS, as many are on
// their way as may be, and EAGAIN: queued, as by any send. Duplicates that the process has no
// more numbers for (EMFILE) end the connection, as output does that passes a limit.
import { type OptionNames, readOptions } from '../base/options.js';
import { type Bytes, native } from '../binding/index.js';
import { restOf, toBytes } from '../loop/bytes.js';
import { invalidType, invalidValue, outOfRange } from '../loop/errors.js';
import { constant } from '../raw/constants.js';
import { SystemError } from '../raw/errors.js';
import type { StreamBase } from './base.js';

/** The most that one message takes: SCM_MAX_FD of Linux. */
export const MAX_PASSED = 253;

/** What goes with the bytes of a `write`. */
export interface WriteOptions {
  /**
   * Descriptors to pass over a Unix socket, up to 253. They stay the caller's, who may close
   * them when `write` returns; the peer gets duplicates, with the first of the bytes.
   */
  fds?: readonly number[];
  /**
   * False: bytes that the kernel does not take at once wait in your memory, and not in a copy:
   * leave it alone until `drain` or `drained`, or until `bufferedBytes` is 0 or the stream has
   * closed. Memory that is detached or made smaller before ends the stream, with
   * ERR_STREAM_OUTPUT_DETACHED. It is a permission: text, less than 16,384 bytes, bytes with
   * descriptors, records and what is written to files are copied all the same. Default true.
   */
  copy?: boolean;
}

const NAMES: OptionNames<WriteOptions> = { fds: true, copy: true };
const F_DUPFD_CLOEXEC = constant('F_DUPFD_CLOEXEC');
const EBADF = -constant('EBADF');
const EINVAL = -constant('EINVAL');
const MAX_DESCRIPTOR = 2 ** 31 - 1;

/** For the call alone: what is passed costs no memory of its own. */
const numbers = new Int32Array(MAX_PASSED);

/** @throws TypeError, RangeError (no descriptors, more than 253) */
export function readWriteOptions(given: WriteOptions): {
  fds: number[] | undefined;
  copy: boolean;
} {
  const { fds, copy = true } = readOptions('options', given, NAMES);
  if (typeof copy !== 'boolean') throw invalidType('options.copy', 'a boolean');
  return { fds: fds === undefined ? undefined : descriptorsOf(fds), copy };
}

/**
 * What `options.fds` lists, undefined: nothing.
 *
 * @throws TypeError, RangeError (no descriptors, more than 253)
 */
export function descriptorsOf(fds: readonly number[]): number[] | undefined {
  if (!Array.isArray(fds)) throw invalidType('options.fds', 'an array of descriptors');
  // Of a proxy it may be anything.
  const length = Number(fds.length);
  if (!(length >= 0 && length <= MAX_PASSED))
    throw outOfRange('options.fds.length', `at most ${MAX_PASSED}`, length);
  const found: number[] = [];
  for (let i = 0; i < length; i++) {
    const fd: unknown = fds[i];
    if (typeof fd !== 'number') throw invalidType(`options.fds[${i}]`, 'a number');
    if (!Number.isInteger(fd) || fd < 0 || fd > MAX_DESCRIPTOR) {
      throw outOfRange(`options.fds[${i}]`, `an integer from 0 to ${MAX_DESCRIPTOR}`, fd);
    }
    found.push(fd);
  }
  return found.length === 0 ? undefined : found;
}

/** The bytes that descriptors are to go with, as a plain view. @throws TypeError */
export function bytesToPassWith(stream: StreamBase, data: Bytes | string): Uint8Array {
  if (!stream.group.transfer.passes) {
    throw invalidValue('options.fds', 'left out: only Unix sockets pass descriptors');
  }
  const bytes = restOf(typeof data === 'string' ? Buffer.from(data) : toBytes(data), 0);
  if (bytes.length > 0) return bytes;
  throw invalidValue('data', 'not empty: descriptors go with bytes');
}

/** Sends bytes and descriptors at once: how many bytes, or -errno and nothing was sent. */
export function sendPassing(fd: number, bytes: Uint8Array, fds: readonly number[]): number {
  numbers.set(fds);
  return native.sendPassing(fd, bytes, numbers, fds.length);
}

/** As `sendPassing`, for descriptors of the caller's. @throws SystemError EBADF, EINVAL */
export function passAtOnce(stream: StreamBase, bytes: Uint8Array, fds: readonly number[]): number {
  const sent = sendPassing(stream.handleFd, bytes, fds);
  if (sent === EBADF || sent === EINVAL) throw new SystemError(sent, 'sendmsg');
  return sent;
}

/**
 * Duplicates, which the stream holds until they are sent; undefined: there are no numbers for
 * them, and the stream has failed.
 *
 * @throws SystemError EBADF
 */
export function duplicate(stream: StreamBase, fds: readonly number[]): number[] | undefined {
  const made: number[] = [];
  for (const fd of fds) {
    const result = native.fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (result >= 0) {
      made.push(result);
      stream.loop.holdings.owner.own(result);
      continue;
    }
    closeHeld(stream, made);
    if (result === EBADF) throw new SystemError(result, 'fcntl');
    stream.fail(result, 'fcntl');
    return undefined;
  }
  return made;
}

/** Closes duplicates that were sent, or are not to be. */
export function closeHeld(stream: StreamBase, fds: readonly number[]): void {
  for (const fd of fds) {
    stream.loop.holdings.owner.disown(fd);
    native.close(fd);
  }
}
