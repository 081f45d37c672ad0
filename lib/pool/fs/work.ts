// What the requests of `loop.fs` share: where each is done. What the kernel has in memory is done
// at once, as far as the turn has room for it, and else in the next; all else on a thread of the
// pool. See docs/files.md.
import { abortError, onAbort, throwIfAborted } from '../../base/abort.js';
import type { HandleLoop } from '../../loop/contract.js';
import { loopClosed } from '../../loop/errors.js';
import { Lane, type LaneNumber } from '../lanes.js';
import type { LoopPool } from '../loop-pool.js';
import type { PoolRequest } from '../request.js';
import { FileCall } from './call.js';
import { FilesInMemory, REFUSED, type Refused } from './inline/in-memory.js';
import { TurnBudget } from './inline/turn-budget.js';
import { type FileSystem, fileSystemOf } from './values.js';

/** A request that was not tried yet. */
export const UNTRIED: unique symbol = Symbol('untried');

/** Does a request at once, or begins it, or does not. What it throws rejects. */
export type Attempt<T> = (files: FilesInMemory, budget: TurnBudget) => T | Promise<T> | Refused;

export class FileWork {
  readonly loop: HandleLoop;
  readonly #pool: LoopPool;
  readonly #inline: boolean;
  readonly #files: FilesInMemory;
  readonly #budget: TurnBudget;
  /** What waits for something else than a thread. */
  readonly #waiting = new Set<(reason: unknown) => void>();
  #hearsOfClose = false;
  /** When what is tried now began. */
  #beginMs = 0;
  /** Requests on a thread that move where a file stands, by descriptor. */
  readonly #moving = new Map<number, number>();

  /** @param inline whether what is in memory is done at once, where a request does not say */
  constructor(loop: HandleLoop, pool: LoopPool, inline = true) {
    this.loop = loop;
    this.#pool = pool;
    this.#inline = inline;
    this.#files = new FilesInMemory((path) => this.#statfs(path));
    this.#budget = new TurnBudget(loop);
  }

  /** Whether no request can be made any more. */
  get closed(): boolean {
    return this.loop.closed || this.#pool.pool.closed;
  }

  /** On a thread. @throws as LoopPool.submit */
  submit<T>(request: PoolRequest<T>, signal: AbortSignal | undefined): void {
    this.#pool.submit(request, signal);
  }

  /**
   * By `attempt`, where the turn has room for it. The common way, which makes no request at all.
   * UNTRIED: `start` says when. What the attempt throws is thrown.
   */
  tryNow<T>(
    kind: string,
    signal: AbortSignal | undefined,
    inline: boolean | undefined,
    attempt: Attempt<T>,
  ): T | Promise<T> | Refused | typeof UNTRIED {
    if (this.now(signal, inline) === undefined) return UNTRIED;
    return this.#done(kind, Lane.fs, attempt);
  }

  /** By `attempt`, which counts as done at once also where it fails. */
  #done<T>(kind: string, lane: LaneNumber, attempt: Attempt<T>): T | Promise<T> | Refused {
    const beginMs = this.#beginMs;
    let isDone = true;
    try {
      const value = attempt(this.#files, this.#budget);
      isDone = value !== REFUSED;
      return value;
    } finally {
      if (isDone) this.#pool.countInline(kind, lane, beginMs);
    }
  }

  /** By which a request may be done at once; undefined: `start` says when. */
  now(signal: AbortSignal | undefined, inline: boolean | undefined): FilesInMemory | undefined {
    if (signal !== undefined || !(inline ?? this.#inline) || !this.#files.isThere) return undefined;
    if (this.loop.closed || this.#budget.hasWaiting || !this.#budget.allows()) return undefined;
    this.#beforeRun();
    this.#beginMs = this.#pool.beginInline();
    return this.#files;
  }

  /** A request of `kind` was done at once, by what `now` gave, and copied so much. */
  did(kind: string, bytes: number): void {
    this.#budget.spend(bytes);
    this.#pool.countInline(kind, Lane.fs, this.#beginMs);
  }

  /**
   * By `attempt`, or on a thread.
   *
   * @param inline whether to try; undefined: what the loop says
   * @param discard is given what was aborted when it was done already
   * @throws as LoopPool.submit
   */
  start<T>(
    request: PoolRequest<T>,
    signal: AbortSignal | undefined,
    inline: boolean | undefined,
    attempt: Attempt<T>,
    discard: (value: T) => void,
  ): void {
    if (!(inline ?? this.#inline) || !this.#files.isThere) {
      this.submit(request, signal);
      return;
    }
    throwIfAborted(signal);
    if (this.loop.closed) throw loopClosed();
    if (!this.#budget.hasWaiting && this.#budget.allows()) {
      this.#try(request, signal, attempt, discard);
      return;
    }
    const { pool } = this.#pool;
    pool.beginTurn();
    const unwatch =
      signal === undefined ? nothing : onAbort(signal, () => request.reject(abortError(signal)));
    const leave = () => {
      unwatch();
      pool.endTurn();
    };
    this.#budget.later({
      run: () => {
        leave();
        if (signal?.aborted !== true) this.#try(request, signal, attempt, discard);
      },
      reject: (reason) => {
        leave();
        request.reject(reason);
      },
    });
  }

  #try<T>(
    request: PoolRequest<T>,
    signal: AbortSignal | undefined,
    attempt: Attempt<T>,
    discard: (value: T) => void,
  ): void {
    this.#beforeRun();
    let settle: () => void;
    let drop = nothing;
    this.#beginMs = this.#pool.beginInline();
    try {
      const value = this.#done(request.kind, request.lane, attempt);
      if (value === REFUSED) {
        this.submit(request, signal);
        return;
      }
      settle = () => request.resolve(value as T);
      // What was only begun hears of the signal itself.
      if (value instanceof Promise) {
        settle();
        return;
      }
      drop = () => discard(value as T);
    } catch (error) {
      settle = () => request.reject(error);
    }
    if (signal === undefined) settle();
    else {
      // Until its callbacks run it may be aborted.
      queueMicrotask(() => {
        if (!signal.aborted) return settle();
        drop();
        request.reject(abortError(signal));
      });
    }
  }

  /** The callbacks of what is done are the next drain's: there has to be one in the next `run`. */
  #beforeRun(): void {
    if (!this.loop.inTurn && !this.loop.attached) this.loop.nextTick(nothing);
  }

  /**
   * Whether no thread moves where `fd` stands. The kernel has a lock for that, which the loop must
   * not wait for.
   */
  isStill(fd: number): boolean {
    return !this.#moving.has(fd);
  }

  /** `fd` was opened just now: whatever a thread may still have moved had that number before. */
  isNew(fd: number): void {
    this.#moving.delete(fd);
  }

  /** Until `request` is done its thread may move where `fd` stands. */
  moves<T>(fd: number, request: Promise<T>): Promise<T> {
    const moving = this.#moving;
    moving.set(fd, (moving.get(fd) ?? 0) + 1);
    const done = () => {
      // Not there: it is new since.
      const left = (moving.get(fd) ?? 0) - 1;
      if (left <= 0) moving.delete(fd);
      else moving.set(fd, left);
    };
    // One that was aborted may run on: nobody hears of its end.
    request.then(done, (error) => {
      if (error.code !== 'ABORT_ERR') done();
    });
    return request;
  }

  /** `several`, which keeps the loop alive also between the requests that it is made of. */
  holds<T>(several: Promise<T>): Promise<T> {
    const { loop } = this;
    loop.retain();
    const done = () => loop.release();
    several.then(done, done);
    return several;
  }

  /** Calls `reject` when the loop is closed, until what is returned is called. */
  whileWaiting(reject: (reason: unknown) => void): () => void {
    if (this.#waiting.size === 0 && !this.#hearsOfClose) {
      this.#hearsOfClose = true;
      this.loop.onClose(() => {
        for (const each of this.#waiting) each(loopClosed());
        this.#waiting.clear();
      });
    }
    this.#waiting.add(reject);
    return () => void this.#waiting.delete(reject);
  }

  #statfs(path: string | Uint8Array): Promise<FileSystem> {
    return new Promise((resolve, reject) => {
      const about = { syscall: 'statfs', path };
      this.#pool.submit(new FileCall(resolve, reject, 'statfs', [path, 0], about, fileSystemOf));
    });
  }
}

function nothing(): void {}
