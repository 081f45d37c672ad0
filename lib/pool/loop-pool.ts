// A loop's side of a pool: what its requests are submitted to. The pool is the loop's own,
// or one that it was given. The handle by which results come is made for the first request.
import { throwIfAborted } from '../base/abort.js';
import type { HandleLoop } from '../loop/contract.js';
import { SharedPool } from '../loop/shared-pool.js';
import { PoolHandle } from './handle.js';
import { type LaneNumber, recordName } from './lanes.js';
import type { ThreadPoolOptions } from './options.js';
import { ThreadPool } from './pool.js';
import type { PoolRequest } from './request.js';

/** Where the requests of a loop go. */
export class LoopPool {
  /** The threads. */
  readonly pool: ThreadPool;
  readonly #loop: HandleLoop;
  readonly #owns: boolean;
  #handle: PoolHandle | undefined;

  /**
   * @param pool one that other loops may use too, or options for one of its own
   * @throws what `new ThreadPool` does
   */
  constructor(loop: HandleLoop, pool: SharedPool | ThreadPoolOptions = {}) {
    this.#loop = loop;
    const isGiven = SharedPool.is(pool);
    this.#owns = !isGiven;
    this.pool = isGiven ? (pool as ThreadPool) : new ThreadPool(pool, loop);
  }

  /**
   * Queues the work of `request`.
   *
   * @throws Error ABORT_ERR when the signal has aborted already; SystemError when the
   *   wake-up cannot be opened; and see PoolHandle.submit
   */
  submit<T>(request: PoolRequest<T>, signal?: AbortSignal): void {
    throwIfAborted(signal);
    this.#handle ??= new PoolHandle(this.#loop, this.pool, this.#owns);
    this.#handle.submit(request, signal);
  }

  /** Whether the request that got `id` was still queued: it is gone then, and not settled. */
  takeBack(id: number): boolean {
    return this.#handle?.takeBack(id) === true;
  }

  /** Takes what the threads have done, and stands still for it, until `isOver`. */
  waitUntil(isOver: () => boolean): void {
    this.#handle?.waitUntil(isOver);
  }

  /** When a request begins that may be answered at once: of use where somebody records. */
  beginInline(): number {
    const { meter } = this.#loop;
    return meter.observed ? meter.nowMs() : 0;
  }

  /**
   * A request of `kind` was answered at once, without a thread.
   *
   * @param beginMs what `beginInline` said
   */
  countInline(kind: string, lane: LaneNumber, beginMs: number): void {
    this.pool.usage.of(kind, lane).inline++;
    const { meter } = this.#loop;
    if (!meter.observed) return;
    const subject = { describe: () => recordName(lane, kind) };
    meter.answered(subject, beginMs, this.pool.lanes.nameOf(lane));
  }
}
