// The pool as the loop sees it: a handle on the pool's wake-up descriptor. When it
// is ready, one call takes the whole batch of completions and settles the promises.
// The handle itself never keeps the loop alive; each request in flight does.
import { type NativePool, type NativePoolStats, native } from '../binding/index.js';
import type { Resource } from '../loop/abandoned.js';
import type { HandleLoop } from '../loop/contract.js';
import { loopClosed } from '../loop/errors.js';
import { Handle } from '../loop/handle.js';
import { Interest } from '../poller/index.js';
import { check, codedError, SystemError } from '../raw/errors.js';
import { Batch } from './batch.js';
import type { Lanes } from './lanes.js';
import type { PoolRequest } from './request.js';

/** Completions taken at once; more wake the loop again, so that others get a turn. */
const BATCH_ROWS = 256;

function noThread(errno: number): Error {
  const cause = new SystemError(errno, 'pthread_create');
  const error = codedError(
    Error,
    'ERR_POOL_NO_THREAD',
    `the pool has no thread and could not start one: ${cause.message}`,
  );
  error.cause = cause;
  return error;
}

export class PoolHandle extends Handle {
  readonly #pool: NativePool;
  /** What an abandoned loop leaves of it: the threads, and their wake-up. */
  readonly #held: Resource;
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
   * @throws SystemError EMFILE, ENFILE, ENOMEM; Error ERR_LOOP_CLOSED
   */
  constructor(loop: HandleLoop, size: number, stackBytes: number, lanes: Lanes) {
    super(loop);
    if (loop.closed) throw loopClosed();
    this.unref();
    this.#pool = new native.Pool(size, stackBytes);
    lanes.addTo(this.#pool);
    this.#batch = new Batch(this.#pool, BATCH_ROWS);
    const pipe = process.env['RAWLOOP_WAKER'] === 'pipe';
    const fd = check(this.#pool.open(pipe), pipe ? 'pipe' : 'eventfd');
    try {
      this.start(fd, Interest.READ | Interest.EDGE);
    } catch (error) {
      this.#pool.close();
      throw error;
    }
    const pool = this.#pool;
    this.#held = { release: () => pool.close() };
    loop.holdings.add(this.#held);
  }

  /**
   * Queues the work of `request`, which keeps the loop alive until it is settled.
   *
   * @throws what `request.submit` throws; Error ERR_LOOP_CLOSED, ERR_POOL_NO_THREAD; the
   *   error of the poller, when completions can no longer be heard of
   */
  submit<T>(request: PoolRequest<T>, signal: AbortSignal | undefined): void {
    if (this.error !== undefined) throw this.error;
    if (this.isClosed) throw loopClosed();
    const id = request.submit(this.#pool);
    if (id < 0) throw noThread(id);
    this.#pending[id] = request as PoolRequest<unknown>;
    this.loop.retain();
    if (signal !== undefined) request.watch(signal, () => this.#cancel(id));
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
      if (observed) {
        const [queuedMs, runMs] = [batch.queuedMs(row), batch.runMs(row)];
        meter.requested(request, takenMs, queuedMs, runMs, batch.doneMs(row));
      }
      try {
        request.resolve(request.finish(batch, row));
      } catch (error) {
        request.reject(error);
      }
    }
  }

  override onClosed(): void {}

  override describe(): string {
    return 'Pool completions';
  }

  resize(size: number): void {
    this.#pool.resize(size);
  }

  stats(): NativePoolStats {
    return this.#pool.stats();
  }

  /**
   * Drops queued work, lets running work end unheard, rejects what is pending: with the
   * reason, where completions can no longer be heard of.
   */
  override close(): void {
    if (!this.beginClose()) return;
    this.#pool.close();
    this.loop.holdings.drop(this.#held);
    this.#rejectAll(this.error ?? loopClosed());
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
    this.loop.release();
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
