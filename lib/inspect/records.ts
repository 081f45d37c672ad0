// What the flight recorder keeps: one record for each wait, each stretch of work
// between two waits, each callback and each request that came back from the pool.
import type { Phase } from '../loop/meter.js';

/**
 * Why a wait ended:
 * - 'events': descriptors were ready
 * - 'pool': and all of them told of finished requests
 * - 'notify': `loop.wake()`, or another thread's `wake(waker)`; nothing was ready
 * - 'timer': its time was over, as the next timer is due
 * - 'no wait': it was to take no time and found nothing
 */
export type WakeReason = 'events' | 'pool' | 'notify' | 'timer' | 'no wait';

/** What all records have. */
interface Span {
  /** In ms since the process started, as `performance.now()` has it; so is `endMs`. */
  beginMs: number;
  /** When it was over. */
  endMs: number;
  /** Which turn of the loop, as `loop.metrics().iterations` counts. */
  iteration: number;
}

/** The loop worked: from the end of one wait to the next. */
export interface IterationRecord extends Span {
  /** Which record it is. */
  kind: 'iteration';
}

/** The loop waited in the kernel, or asked it. */
export interface WaitRecord extends Span {
  /** Which record it is. */
  kind: 'wait';
  /** How long it was allowed to take, -1: for ever. */
  timeoutMs: number;
  /** How many events were found. */
  events: number;
  /** Why it ended. */
  reason: WakeReason;
  /** The descriptor that was reported first, -1: none. */
  fd: number;
  /** Its handle, such as 'Server 127.0.0.1:7000'; '': none. */
  handle: string;
}

/** A callback was called. */
export interface CallbackRecord extends Span {
  /** Which record it is. */
  kind: 'callback';
  /** Where it was called. */
  phase: Phase;
  /** Kind and callback, such as 'Socket data' or 'Timer (anonymous)'. */
  name: string;
  /** The descriptor, -1: none. */
  fd: number;
  /** The handle, such as 'Socket of Server 127.0.0.1:7000'; '': a timer, say. */
  handle: string;
  /** How much a timer was overdue. */
  lateMs: number;
}

/**
 * A request on the pool, from the call that made it to when the loop took its result; or one that
 * was answered at once.
 */
export interface RequestRecord extends Span {
  /** Which record it is. */
  kind: 'request';
  /** Such as 'fs.stat', 'crypto.pbkdf2' or 'workers.run': what is called on a loop. */
  name: string;
  /** The lane of the pool that it waited in, such as 'fs'; of a job, the thread that did it. */
  lane: string;
  /** Whether it was answered at once, on the loop's thread, and met no other; see docs/files.md. */
  inline: boolean;
  /** How long it waited for a thread. */
  queuedMs: number;
  /** How long the thread took; what is left is the result's wait for the loop. */
  runMs: number;
}

/** One record; `kind` says which. */
export type FlightRecord = IterationRecord | WaitRecord | CallbackRecord | RequestRecord;
