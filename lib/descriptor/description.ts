// Not to block without O_NONBLOCK for others. The flag is no descriptor's: it belongs to the
// open file description, which a shell, a parent or a sibling may have as well, and it stays
// when this process is killed. So it is never set on a description that came from elsewhere:
// - the calls on sockets say themselves that they do not wait;
// - what does not block already is used as it is;
// - a pipe, FIFO or terminal is opened anew, which gives a description of our own of the same
//   thing, and that takes the number's place (Linux: /proc/self/fd);
// - what cannot be opened anew is asked by poll(2) before each call: see shared.h.
// See open(2), dup(2), proc(5).
import { closeSync, openSync } from 'node:fs';
import { native } from '../binding/index.js';
import type { Poller } from '../poller/contract.js';
import { Interest } from '../poller/interest.js';
import { constant } from '../raw/constants.js';
import { check } from '../raw/errors.js';
import type { Transfer } from '../stream/transfer.js';
import type { Kind } from './kind.js';

const F_GETFD = constant('F_GETFD');
const F_SETFD = constant('F_SETFD');
const FD_CLOEXEC = constant('FD_CLOEXEC');
const F_SETFL = constant('F_SETFL');
const O_NONBLOCK = constant('O_NONBLOCK');
const canReopen = process.platform === 'linux';
/** What a description was opened with that a second one is to have as well. */
const CARRIED = canReopen
  ? ['O_ACCMODE', 'O_APPEND', 'O_DIRECT', 'O_SYNC'].reduce((all, name) => all | constant(name), 0)
  : 0;
/** No handle of a loop has it: so many slots there are not. */
const PROBE_TOKEN = 2 ** 53 - 2;

/** What stands behind the number of a stream. */
export interface Description {
  readonly transfer: Transfer;
  /** Whether it is our own, and another stood there before. */
  readonly isOwn: boolean;
}

/** What is taken over, and the poller that is to wait for it. */
interface Given {
  readonly fd: number;
  readonly kind: Kind;
  readonly poller: Poller;
}

/** The same pipe or terminal, opened anew; undefined where that cannot be. */
function reopen(fd: number, { statusFlags, reopens }: Kind): number | undefined {
  if (!canReopen || !reopens) return undefined;
  const flags = (statusFlags & CARRIED) | O_NONBLOCK | constant('O_NOCTTY');
  let own: number;
  try {
    own = openSync(`/proc/self/fd/${fd}`, flags);
  } catch {
    // Without /proc, another's (EACCES), nobody at the other end (ENXIO), hung up (EIO).
    return undefined;
  }
  if (native.isSameFile(own, fd) === 1) return own;
  closeSync(own);
  return undefined;
}

/**
 * Puts a description of our own behind `fd`, if there can be one. Returns a descriptor of what
 * stood there before.
 */
function replace(fd: number, kind: Kind, poller: Poller): number | undefined {
  const own = reopen(fd, kind);
  if (own === undefined) return undefined;
  try {
    // Who waits for it already does so by the description that is there, and would hear of
    // the new one nothing.
    poller.add(fd, Interest.READ, PROBE_TOKEN);
    poller.delete(fd);
  } catch (error) {
    closeSync(own);
    throw error;
  }
  const saved = native.dup(fd);
  const isReplaced = saved >= 0 && native.dup3(own, fd) === fd;
  closeSync(own);
  if (isReplaced) return saved;
  if (saved >= 0) native.close(saved);
  return undefined;
}

/** Calls `use` with what moves the bytes of `fd`. */
function withBytes<T>({ fd, kind, poller }: Given, use: (found: Description) => T): T {
  const { transfer, shared, statusFlags } = kind;
  if (shared === undefined || (statusFlags & O_NONBLOCK) !== 0) {
    return use({ transfer, isOwn: false });
  }
  const saved = replace(fd, kind, poller);
  if (saved === undefined) return use({ transfer: shared, isOwn: false });
  try {
    return use({ transfer, isOwn: true });
  } catch (error) {
    native.dup3(saved, fd);
    throw error;
  } finally {
    native.close(saved);
  }
}

/**
 * Makes `fd`, which this thread owns, close-on-exec, sees to it that its bytes move without
 * blocking, and calls `use`. When that throws, all is as it was.
 */
export function withDescription<T>(given: Given, use: (found: Description) => T): T {
  const { fd } = given;
  const fdFlags = check(native.fcntl(fd, F_GETFD), 'fcntl');
  check(native.fcntl(fd, F_SETFD, fdFlags | FD_CLOEXEC), 'fcntl');
  try {
    return withBytes(given, use);
  } catch (error) {
    native.fcntl(fd, F_SETFD, fdFlags);
    throw error;
  }
}

/** A description of our own that is given away blocks, as the one did that came. */
export function giveBack(fd: number, { statusFlags }: Kind): void {
  native.fcntl(fd, F_SETFL, statusFlags);
}
