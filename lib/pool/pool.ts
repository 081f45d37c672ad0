// The pool of threads for what the kernel cannot wait for: files, name look-ups, keys.
// Each loop that uses it has a side of its own (loop-pool.ts); what the threads are and
// what they did is here. See pthreads(7).
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import { type NativeThreads, type NativeThreadsStats, native } from '../binding/index.js';
import { invalidType, invalidValue, loopClosed } from '../loop/errors.js';
import { SharedPool } from '../loop/shared-pool.js';
import { Drains } from './drains.js';
import { poolClosed, queueFull } from './errors.js';
import { Lane, type LaneName, LaneNames } from './lanes.js';
import { MAX_THREADS, readPoolOptions, type ThreadPoolOptions } from './options.js';
import { type KindStats, Usage, type WorkStats } from './usage.js';

/** What a lane is doing, and what it did. */
export interface LaneStats extends WorkStats {
  /** Threads that it may have at once. */
  limit: number;
  /** Requests that a thread takes for each turn of the others. */
  priority: number;
  /** Requests that may wait in it. */
  maxQueued: number;
  /** Requests that no thread has taken yet. */
  queued: number;
  /** Requests on a thread now. */
  running: number;
  /** Requests done since the start, for every loop, and what was answered `inline`. */
  completed: number;
}

/** What a pool is doing, and what it did. */
export interface PoolStats extends Omit<NativeThreadsStats, 'lanes'> {
  /** Requests done whose results the loops of this thread have not taken yet. */
  finished: number;
  /** Times that loops of this thread were woken for results: one a batch. */
  wakeups: number;
  /** By name: of each kind of work. */
  lanes: Record<LaneName, LaneStats> & { [lane: string]: LaneStats };
  /** By name, such as `stat`: of each kind of request that loops of this thread made. */
  kinds: { [kind: string]: KindStats };
}

/**
 * A pool for another thread of the process: plain data, to be posted to a Worker, or to be
 * its `workerData`.
 */
export interface PoolToken {
  /** Which pool it is, among those of this process. */
  readonly rawloopPool: number;
}

const TOKEN_NAMES: OptionNames<PoolToken> = { rawloopPool: true };

/** What a pool has to know of a loop that uses it. */
export interface PoolUser {
  /** Results that wait for it, and how often it was woken. */
  stats(): { finished: number; wakeups: number };
  /** Has `Drains.look` called once a queue came down to half of what may wait. */
  awaitHalf(): void;
}

function newThreads(options: ThreadPoolOptions): NativeThreads {
  const { size, stackBytes, lanes, idleMs, maxQueued, processors } = readPoolOptions(options);
  const threads = new native.Threads(size, stackBytes, idleMs, maxQueued, processors);
  lanes.addTo(threads);
  return threads;
}

/**
 * Threads for blocking work. A loop makes one of its own, with its `poolSize`, unless it is
 * given one: several loops may share a pool. Threads start with the first request, and end
 * with `close()` or the environment; running work is waited for only in the latter case.
 *
 * @example
 * using pool = new ThreadPool({ size: 8, lanes: { crypto: { limit: 2 } } });
 * const loops = [new EventLoop({ pool }), new EventLoop({ pool })];
 */
export class ThreadPool extends SharedPool {
  /** @internal */ readonly native: NativeThreads;
  /** @internal */ readonly lanes: LaneNames;
  /** @internal */ readonly usage: Usage;
  readonly #users = new Set<PoolUser>();
  readonly #drains: Drains;
  /** Whose it is: a loop's own pool ends with it. */
  readonly #owner: { readonly closed: boolean } | undefined;
  /** Requests on files that wait for a turn of a loop of this thread, to be done without one. */
  #turns = 0;
  readonly #mostTurns: number;
  #wakeups = 0;
  #closed = false;

  /**
   * @throws TypeError, RangeError ERR_OUT_OF_RANGE for a bad option or environment; for
   *   `processors` an Error ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, or a SystemError EINVAL
   *   when the process may use none of them
   */
  constructor(options?: ThreadPoolOptions);
  /** @internal */
  constructor(
    options?: ThreadPoolOptions | NativeThreads,
    owner?: { readonly closed: boolean } | undefined,
  );
  constructor(
    options: ThreadPoolOptions | NativeThreads = {},
    owner?: { readonly closed: boolean } | undefined,
  ) {
    super();
    this.native = options instanceof native.Threads ? options : newThreads(options);
    this.#owner = owner;
    const { lanes, maxQueued } = this.native.stats();
    this.lanes = new LaneNames(lanes.map(({ name }) => name));
    this.#mostTurns = Math.min(maxQueued, lanes[Lane.fs]?.maxQueued ?? maxQueued);
    this.usage = new Usage();
    this.#drains = new Drains(this.#users);
  }

  /**
   * The pool of another thread, for loops of this one. It stays its owner's: `close()` here
   * leaves it to others, and when the owner closes it, or ends, requests that wait reject
   * with ERR_POOL_CLOSED. What `stats()` says of kinds and times is of this thread.
   *
   * @throws TypeError for what is no token; Error ERR_POOL_CLOSED
   *
   * @example
   * // In a Worker that was made with { workerData: pool.token }.
   * const loop = new EventLoop({ pool: ThreadPool.from(workerData) });
   */
  static from(token: PoolToken): ThreadPool {
    const { rawloopPool } = readOptions('token', token, TOKEN_NAMES);
    const number = checkInteger('token.rawloopPool', rawloopPool, 1, 2 ** 32 - 1);
    return new ThreadPool(new native.Threads(number));
  }

  /** This pool for another thread of the process; see `from`. */
  get token(): PoolToken {
    return { rawloopPool: this.native.share() };
  }

  /** How many threads it has, or will have once there is work. */
  get size(): number {
    return this.native.stats().size;
  }

  /** Whether it takes no requests of this thread any more: `close()` was called in it. */
  get closed(): boolean {
    return this.#closed || this.#owner?.closed === true;
  }

  /**
   * Changes the number of threads. More start at once if the pool has started, but with
   * `idleMs` as there is work for them; a surplus thread leaves when it has finished what it
   * is doing. Those that cannot be started are told of by `stats()` and tried again later.
   *
   * @param size 1 to 1,024
   * @throws TypeError, RangeError for another `size`; Error ERR_LOOP_CLOSED, ERR_POOL_CLOSED
   */
  resize(size: number): void {
    checkInteger('size', size, 1, MAX_THREADS);
    if (this.#owner?.closed === true) throw loopClosed();
    if (this.#closed) throw poolClosed();
    this.native.resize(size);
  }

  /** What it is doing now, and what it did. */
  stats(): PoolStats {
    const { lanes: nativeLanes, ...stats } = this.native.stats();
    const lanes = Object.create(null) as PoolStats['lanes'];
    for (const [number, { name, ...lane }] of nativeLanes.entries()) {
      const work = this.usage.lane(number);
      const pooled = lane.completed;
      lanes[name] = { ...lane, ...work, pooled, completed: pooled + work.inline };
    }
    let finished = 0;
    let wakeups = this.#wakeups;
    for (const user of this.#users) {
      const side = user.stats();
      finished += side.finished;
      wakeups += side.wakeups;
    }
    return { ...stats, finished, wakeups, lanes, kinds: this.usage.kinds(this.lanes) };
  }

  /**
   * Resolves once at most half of what may wait does, in the pool and in `lane`; at once
   * where it is so already. A pending one does not keep a loop alive: the requests that wait
   * do.
   *
   * Rejects with a TypeError for what is no lane, an Error ERR_POOL_CLOSED.
   *
   * @param lane its name; default: the pool as a whole
   *
   * @example
   * for (const path of paths) {
   *   await loop.pool.drained('fs');
   *   results.push(loop.fs.stat(path));
   * }
   */
  async drained(lane?: string): Promise<void> {
    const number = lane === undefined ? undefined : this.#laneNumber(lane);
    await this.#drains.until(() => {
      if (this.closed) throw poolClosed();
      const { queued, maxQueued, lanes } = this.native.stats();
      if ((number === undefined || number === Lane.fs) && this.#turns > this.#mostTurns / 2) {
        return false;
      }
      // With no loop of this thread that uses it, nobody of this thread waits for a thread.
      if (this.#users.size === 0) return true;
      const one = number === undefined ? undefined : lanes[number];
      return queued <= maxQueued / 2 && (one === undefined || one.queued <= one.maxQueued / 2);
    });
  }

  /**
   * Takes no more requests: those that wait reject with ERR_POOL_CLOSED, those that run are
   * told when they are done. Idempotent.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.native.close();
    this.#drains.look();
  }

  /** The same as `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** A loop uses it. @internal */
  enter(user: PoolUser): void {
    this.#users.add(user);
  }

  /** A loop does not any more. @internal */
  leave(user: PoolUser): void {
    if (!this.#users.delete(user)) return;
    this.#wakeups += user.stats().wakeups;
    this.#drains.look();
  }

  /**
   * A request on files is to wait for a turn, which as many may as for a thread.
   *
   * @throws Error ERR_POOL_QUEUE_FULL
   * @internal
   */
  beginTurn(): void {
    if (this.#turns >= this.#mostTurns) throw queueFull(this.lanes.nameOf(Lane.fs));
    this.#turns++;
  }

  /** It waits no longer. @internal */
  endTurn(): void {
    this.#turns--;
    if (this.#turns <= this.#mostTurns / 2) this.#drains.look();
  }

  /** A queue may have come down to half. @internal */
  look(): void {
    this.#drains.look();
  }

  #laneNumber(lane: unknown): number {
    if (typeof lane !== 'string') throw invalidType('lane', 'of type string');
    const number = this.lanes.numberOf(lane);
    if (number === undefined) {
      throw invalidValue('lane', `one of ${this.lanes.all.join(', ')}`);
    }
    return number;
  }
}
