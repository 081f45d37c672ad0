// What the backends share: the waker's token, deadlines, hints of errors.
import { invalidType, outOfRange } from '../base/errors.js';
import { hostNowMs } from '../binding/clock.js';
import { ReadyList } from './ready-list.js';
import type { Waker } from './waker.js';

/** No token of a user is this one (see checkToken): both halves are all ones. */
const WAKE_SLOT = -1;
export const WAKE_TOKEN = 2 ** 53 - 1;
export const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Backends of a crossing; native/stream/layout.h has the same numbers. */
export const Backend = { EPOLL: 1, KQUEUE: 2 } as const;
/** What a crossing found that is the poller's own. */
export const Own = { WOKEN: 1, TOLD: 2 } as const;

/** What to do instead, by error code, for the registrations that a kernel refuses. */
export const HINTS: Readonly<Record<string, string>> = {
  EPERM:
    'Files, folders and such devices as /dev/null are always ready: read them with node:fs, ' +
    'or pread of rawloop/raw; loop.fs tells of them',
  EEXIST: 'The descriptor is already waited for here; change that one instead',
  ELOOP: 'A poller is inside itself by way of others, or more than 5 are inside one another',
  ENOTSUP: 'This poller has no such condition: see poller.supports',
};

/**
 * Refuses what cannot be waited with, before anything happens.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE for what is no ReadyList or no number;
 *   RangeError ERR_OUT_OF_RANGE for a time that is neither -1 nor 0 or more
 */
export function checkWait(ready: ReadyList, timeoutMs: number): void {
  if (!ReadyList.isList(ready)) throw invalidType('ready', 'a ReadyList');
  if (typeof timeoutMs !== 'number') throw invalidType('timeoutMs', 'a number');
  if (timeoutMs >= 0 || timeoutMs === -1) return;
  throw outOfRange('timeoutMs', '-1 (for ever), 0 or more', timeoutMs);
}

/** Milliseconds to a deadline on performance.now()'s clock. */
export function timeLeft(deadlineMs: number): number {
  return Math.max(0, deadlineMs - hostNowMs());
}

/**
 * Takes the waker's record out of the list: it is nobody else's business.
 *
 * @returns how many records are left
 */
export function takeWake(waker: Waker, ready: ReadyList, count: number): number {
  for (let i = 0; i < count; i++) {
    if (ready.slot(i) !== WAKE_SLOT || ready.token(i) !== WAKE_TOKEN) continue;
    waker.acknowledge();
    ready.woken = true;
    ready.move(count - 1, i);
    return count - 1;
  }
  return count;
}
