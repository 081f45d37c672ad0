// The pool as the loop sees it: a handle on the pool's wake-up descriptor. When it
// is ready, one call takes the whole batch of completions and settles the promises.
// The handle itself never keeps the loop alive; each request in flight does.
import { type NativePool, native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { loopClosed } from '../loop/errors.js';
import { Handle } from '../loop/handle.js';
import { Interest } from '../poller/index.js';
import { constants } from '../raw/constants.js';
import { check } from '../raw/errors.js';
import { Batch } from './batch.js';
import { noThread, poolClosed, queueFull } from './errors.js';
import type { ThreadPool } from './pool.js';
import type { PoolRequest } from './request.js';
import { PoolSide } from './side.js';

/** Completions taken at once; more wake the loop again, so that others get a turn. */
const BATCH_ROWS = 256;

const NOTHING = new Int32Array(0);
/** How long to sleep where the wake-up cannot be slept on: it is watched by edges, and never read. */
const LOOK_MS = 1;

export class PoolHandle extends Handle {
  readonly #threads: ThreadPool;
  readonly #pool: NativePool;
  /** What an abandoned loop leaves of it: the wake-up, and threads of its own. */
  readonly #side: PoolSide;
  readonly #batch: Batch;
  /** By id. A request that was aborted while it ran is gone before its completion. */
  readonly #pending: (PoolRequest<unknown> | undefined)[] = [];

  override get kind(): string {
    return 'PoolHandle';
  }

  override get label(): string {
    return 'Pool';
  }

  /**
   * Opens the wake-up and begins to watch it; threads start with the first request.
   *
   * @param owns the threads are the loop's own, and end with it
   * @throws SystemError EMFILE, ENFILE, ENOMEM; Error ERR_LOOP_CLOSED, ERR_POOL_CLOSED
   */
  constructor(loop: HandleLoop, threads: ThreadPool, owns: boolean) {
    super(loop);
    if (loop.closed) throw loopClosed();
    if (threads.closed) throw poolClosed();
    this.unref();
    this.#threads = threads;
    this.#side = new PoolSide(threads, owns);
    this.#pool = this.#side.native;
    this.#batch = new Batch(this.#pool, BATCH_ROWS);
    const pipe = process.env['RAWLOOP_WAKER'] === 'pipe';
    const fd = check(this.#pool.open(pipe), pipe ? 'pipe' : 'eventfd');
    try {
      this.start(fd, Interest.READ | Interest.EDGE);
    } catch (error) {
      this.#pool.close();
      throw error;
    }
    threads.enter(this.#side);
    loop.holdings.add(this.#side);
  }

  /**
   * Queues the work of `request`, which keeps the loop alive until it is settled, if it `holdsLoop`.
   *
   * @throws what `request.submit` throws; Error ERR_LOOP_CLOSED, ERR_POOL_CLOSED,
   *   ERR_POOL_QUEUE_FULL, ERR_POOL_NO_THREAD; the error of the poller, when completions can
   *   no longer be heard of
   */
  submit<T>(request: PoolRequest<T>, signal: AbortSignal | undefined): void {
    if (this.error !== undefined) throw this.error;
    if (this.isClosed) throw loopClosed();
    if (this.#threads.closed) throw poolClosed();
    const id = request.submit(this.#pool);
    if (id < 0) throw this.#refusal(id, request.lane);
    this.#pending[id] = request as PoolRequest<unknown>;
    request.work = this.#threads.usage.of(request.kind, request.lane);
    request.work.pending++;
    if (request.holdsLoop) this.loop.retain();
    if (signal === undefined) return;
    request.watch(signal, () => (request.outlivesAbort ? this.takeBack(id) : this.#cancel(id)));
  }

  override onReady(): void {
    const batch = this.#batch;
    const { meter } = this.loop;
    const { observed } = meter;
    const count = batch.take();
    const takenMs = observed ? meter.nowMs() : 0;
    for (let row = 0; row < count; row++) {
      const request = this.#forget(batch.id(row));
      if (request === undefined) continue;
      request.unwatch();
      const [queuedMs, runMs] = [batch.queuedMs(row), batch.runMs(row)];
      if (runMs < 0) {
        request.reject(poolClosed());
        continue;
      }
      request.work?.ran(queuedMs, runMs);
      if (observed) {
        const lane = this.#threads.lanes.nameOf(request.lane);
        meter.requested(request, takenMs, queuedMs, runMs, batch.doneMs(row), lane);
      }
      try {
        request.resolve(request.finish(batch, row));
      } catch (error) {
        request.reject(error);
      }
    }
    this.#threads.look();
  }

  override onClosed(): void {}

  override describe(): string {
    return 'Pool completions';
  }

  /**
   * Drops queued work, lets running work end unheard, rejects what is pending: with the
   * reason, where completions can no longer be heard of.
   */
  override close(): void {
    if (!this.beginClose()) return;
    this.#side.release();
    this.loop.holdings.drop(this.#side);
    this.#rejectAll(this.error ?? loopClosed());
    this.#threads.leave(this.#side);
  }

  #refusal(errno: number, lane: number): Error {
    if (errno === -(constants['EBADF'] as number)) return poolClosed();
    if (errno !== -(constants['ENOBUFS'] as number)) return noThread(errno);
    return queueFull(this.#threads.lanes.nameOf(lane));
  }

  /** Whether the request of that id was still queued: it is gone then, and not settled. */
  takeBack(id: number): boolean {
    if (!this.#pool.cancel(id)) return false;
    this.#forget(id);
    return true;
  }

  /** Takes what the threads have done, and stands still for it, until `isOver`. */
  waitUntil(isOver: () => boolean): void {
    for (this.onReady(); !isOver() && this.active; this.onReady()) native.poll(NOTHING, 0, LOOK_MS);
  }

  #cancel(id: number): boolean {
    const cancelled = this.#pool.cancel(id);
    this.#forget(id);
    return cancelled;
  }

  #forget(id: number): PoolRequest<unknown> | undefined {
    const request = this.#pending[id];
    if (request === undefined) return undefined;
    this.#pending[id] = undefined;
    if (request.work !== undefined) request.work.pending--;
    if (request.holdsLoop) this.loop.release();
    return request;
  }

  #rejectAll(reason: Error): void {
    for (let id = 0; id < this.#pending.length; id++) {
      const request = this.#forget(id);
      request?.unwatch();
      request?.reject(reason);
    }
  }
}
