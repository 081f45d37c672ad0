// One request on the pool: its promise, its signal, and how a completion becomes
// a value. A family (fs, crypto) derives a class for each kind of request: it submits by
// the family's native function (native/pool/family.h) and reads what came of it.
import { abortError, onAbort } from '../base/abort.js';
import type { NativePool } from '../binding/index.js';
import type { Batch } from './batch.js';
import { type LaneNumber, recordName } from './lanes.js';
import type { Work } from './usage.js';

/**
 * The promise rejects, the work goes on: nothing can stop a thread that is inside
 * the kernel or a library.
 */
const STILL_RUNNING =
  'The operation was aborted, but its work had begun and the running work could not be ' +
  'stopped: it goes on, and its result is dropped';

export abstract class PoolRequest<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
  /** Where it is counted, once it is in flight. */
  work: Work | undefined;
  #unwatch: (() => void) | undefined;

  constructor(resolve: (value: T) => void, reject: (reason: unknown) => void) {
    this.resolve = resolve;
    this.reject = reject;
  }

  /** Where it waits for a thread. */
  abstract get lane(): LaneNumber;

  /**
   * Which kind it is, such as 'stat': what counters are by. A getter of the prototype, that
   * each class should have: without, it is the class's name, which a minifier changes.
   */
  get kind(): string {
    return this.constructor.name.replace(/Request$/, '').toLowerCase();
  }

  /** Whether it keeps the loop alive; where not, what asks for it does, or does not. */
  get holdsLoop(): boolean {
    return true;
  }

  /**
   * Whether an abort while it runs leaves it to its end: what comes of it stays, and would be
   * nobody's, as a lock that was had.
   */
  get outlivesAbort(): boolean {
    return false;
  }

  /**
   * Queues the work in its lane, with every argument checked and every byte copied first.
   *
   * @returns the id, or -errno: -EBADF when the pool is closed, -ENOBUFS when its queue is
   *   full, or why it has no thread
   * @throws TypeError, RangeError; Error with a code
   */
  abstract submit(pool: NativePool): number;

  /** What the completion in `row` of `batch` amounts to. What it throws, rejects. */
  abstract finish(batch: Batch, row: number): T;

  /** What it is called in records, such as 'fs.stat'. */
  describe(): string {
    return recordName(this.lane, this.kind);
  }

  /** Rejects when `signal` aborts; `cancel` tells whether the work was still queued. */
  watch(signal: AbortSignal, cancel: () => boolean): void {
    this.#unwatch = onAbort(signal, () => {
      const isCancelled = cancel();
      if (!isCancelled && this.outlivesAbort) return;
      this.reject(abortError(signal, isCancelled ? undefined : STILL_RUNNING));
    });
  }

  /** The request is over: a signal that lives on must not keep it. */
  unwatch(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
  }
}
