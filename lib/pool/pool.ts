// The pool of threads for what the kernel cannot wait for: files, name look-ups,
// keys. `loop.pool` sets its size and looks inside; `loop.fs` and `loop.crypto` use it.
// See pthreads(7).
import { throwIfAborted } from '../base/abort.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import type { LaneStats, NativePoolStats } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { loopClosed, outOfRange } from '../loop/errors.js';
import { PoolHandle } from './handle.js';
import { type LaneLimits, type LaneName, Lanes } from './lanes.js';
import type { PoolRequest } from './request.js';

const DEFAULT_THREADS = 4;
const MAX_THREADS = 1024;
/** Enough for getaddrinfo(3) with its plug-ins; only what is touched costs memory. */
const DEFAULT_STACK_BYTES = 2 * 1024 * 1024;

export interface ThreadPoolOptions {
  /** Threads: 1 to 1,024. Default: RAWLOOP_THREADPOOL_SIZE, else 4. */
  size?: number | undefined;
  /**
   * Bytes of a thread's stack: 65,536 to 2^52, default 2 MiB. What the kernel cannot
   * map makes starting a thread fail. See pthread_attr_setstacksize(3).
   */
  stackBytes?: number | undefined;
  /** How many threads each kind of work may have at once. Default: all of them. */
  lanes?: LaneLimits | undefined;
}

const NAMES: OptionNames<ThreadPoolOptions> = { size: true, stackBytes: true, lanes: true };

/** What a pool is doing. */
export interface PoolStats extends Omit<NativePoolStats, 'lanes'> {
  /** The same for each kind of work. */
  lanes: Record<LaneName, LaneStats>;
}

const NOT_BEGUN: Omit<NativePoolStats, 'size'> = {
  threads: 0,
  idle: 0,
  queued: 0,
  running: 0,
  finished: 0,
  completed: 0,
  wakeups: 0,
  startErrno: 0,
  lanes: [],
};

function sizeOfEnvironment(): number {
  const text = process.env['RAWLOOP_THREADPOOL_SIZE'];
  if (text === undefined || text === '') return DEFAULT_THREADS;
  const size = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (size >= 1 && size <= MAX_THREADS) return size;
  throw outOfRange('RAWLOOP_THREADPOOL_SIZE', `an integer from 1 to ${MAX_THREADS}`, text);
}

/**
 * The threads that do a loop's blocking work. They start with the first request and
 * end when the loop is closed or its environment ends; running work is waited for
 * only in the latter case.
 *
 * @example
 * await Promise.all(paths.map((path) => loop.fs.stat(path)));
 * console.log(loop.pool.stats().wakeups); // far fewer than paths
 */
export class ThreadPool {
  readonly #loop: HandleLoop;
  readonly #stackBytes: number;
  readonly #lanes: Lanes;
  #size: number;
  #handle: PoolHandle | undefined;

  /**
   * @internal
   * @throws TypeError, RangeError ERR_OUT_OF_RANGE for a bad option or environment
   */
  constructor(loop: HandleLoop, options: ThreadPoolOptions = {}) {
    const read = readOptions('options', options, NAMES);
    const { size, stackBytes = DEFAULT_STACK_BYTES, lanes } = read;
    this.#loop = loop;
    this.#size =
      size === undefined ? sizeOfEnvironment() : checkInteger('poolSize', size, 1, MAX_THREADS);
    this.#stackBytes = checkInteger('stackBytes', stackBytes, 65536, 2 ** 52);
    this.#lanes = new Lanes(this.#size, lanes);
  }

  /** How many threads it has, or will have once there is work. */
  get size(): number {
    return this.#size;
  }

  /**
   * Changes the number of threads. More start at once if the pool has started; a
   * surplus thread leaves when it has finished what it is doing. Those that cannot be
   * started are told of by `stats()` and tried again later.
   *
   * @param size 1 to 1,024
   * @throws TypeError, RangeError for another `size`; Error ERR_LOOP_CLOSED
   */
  resize(size: number): void {
    checkInteger('size', size, 1, MAX_THREADS);
    if (this.#loop.closed) throw loopClosed();
    this.#size = size;
    this.#handle?.resize(size);
  }

  /** What it is doing now. */
  stats(): PoolStats {
    const stats = this.#handle?.stats() ?? { ...NOT_BEGUN, size: this.#size };
    return { ...stats, lanes: this.#lanes.named(stats.lanes) };
  }

  /**
   * Queues the work of `request`.
   *
   * @throws Error ABORT_ERR when the signal has aborted already; SystemError when the
   *   wake-up cannot be opened; and see PoolHandle.submit
   * @internal
   */
  submit<T>(request: PoolRequest<T>, signal?: AbortSignal): void {
    throwIfAborted(signal);
    this.#handle ??= new PoolHandle(this.#loop, this.#size, this.#stackBytes, this.#lanes);
    this.#handle.submit(request, signal);
  }
}
