// Options of a loop, and the one warning it gives.
import { writeSync } from 'node:fs';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import { invalidType, invalidValue } from './errors.js';
import { drainHost } from './host.js';
import { SharedPool } from './shared-pool.js';

/** How long `run` runs. */
export type RunMode = 'default' | 'once' | 'nowait';

/** Options of `new EventLoop`. All may be left out. */
export interface LoopOptions {
  /** The poller: 'epoll', 'kqueue' or 'checked'. Default: RAWLOOP_BACKEND, else the platform's. */
  backend?: string;
  /** Events taken per wait: 1 to 65,536, default 256. */
  maxEvents?: number;
  /** Bytes that one batch of reads may fill: 65,536 to 1 GiB, default 262,144. */
  slabBytes?: number;
  /**
   * Memory that the output of all sockets may take while their peers do not read: 0 to
   * 2^53-1, default 128 MiB. Above it the socket that holds most is closed with
   * ERR_STREAM_MAX_BUFFERED.
   */
  maxBufferedBytes?: number;
  /** Threads of the pool: 1 to 1,024. Default: RAWLOOP_THREADPOOL_SIZE, else 4. */
  poolSize?: number;
  /**
   * Whether requests on files are done at once where the kernel has what they need in memory,
   * instead of on a thread. Default true. See docs/files.md.
   */
  inlineFiles?: boolean;
  /**
   * A `ThreadPool` to use instead of a pool of the loop's own. Several loops may share one:
   * it is not closed with the loop. Not beside `poolSize`.
   */
  pool?: SharedPool;
  /**
   * When nextTick callbacks and microtasks run: between any two callbacks ('each',
   * the default, as in Node), or once a batch ('batch'), which is faster.
   */
  drain?: 'each' | 'batch';
  /**
   * Whether callbacks are timed, for `metrics()`, the flight recorder and
   * `rawloop:blocked`: a look at the clock each. Default true.
   */
  timing?: boolean;
  /**
   * Whether callbacks run in the async context (`AsyncLocalStorage`) in which they
   * were handed over, as those of the host do. Default true.
   */
  asyncContext?: boolean;
  /** A callback that takes this long is published as blocked: ms, default 100. */
  blockedMs?: number;
  /**
   * In `run`: for how long to ask the kernel without waiting before the thread sleeps: ms,
   * 0 to 1,000, fractions allowed; default 0. What comes within that time is answered
   * sooner, as nobody has to be woken; the core is busy meanwhile. `metrics().idleMs` has
   * this time in it.
   */
  spinMs?: number;
}

const NAMES: OptionNames<LoopOptions> = {
  backend: true,
  maxEvents: true,
  slabBytes: true,
  maxBufferedBytes: true,
  poolSize: true,
  inlineFiles: true,
  pool: true,
  drain: true,
  timing: true,
  asyncContext: true,
  blockedMs: true,
  spinMs: true,
};

const DEFAULTS = { maxEvents: 256, slabBytes: 262144, blockedMs: 100 };
const MAX_SPIN_MS = 1000;
/** With what the host needs, and what waits to be collected, below 512 MiB. */
const MAX_BUFFERED_BYTES = 128 * 2 ** 20;

/** @throws TypeError, RangeError for what is no such option */
export function readLoopOptions(given: LoopOptions = {}) {
  const options = readOptions('options', given, NAMES);
  const { backend, maxEvents = DEFAULTS.maxEvents, slabBytes = DEFAULTS.slabBytes } = options;
  if (backend !== undefined && typeof backend !== 'string') {
    throw invalidValue('options.backend', 'the name of a poller');
  }
  checkInteger('options.maxEvents', maxEvents, 1, 65536);
  checkInteger('options.slabBytes', slabBytes, 65536, 2 ** 30);
  const { drain = 'each', maxBufferedBytes = MAX_BUFFERED_BYTES } = options;
  checkInteger('options.maxBufferedBytes', maxBufferedBytes, 0, Number.MAX_SAFE_INTEGER);
  if (drain !== 'each' && drain !== 'batch') {
    throw invalidValue('options.drain', "'each' or 'batch'");
  }
  const { poolSize, timing = true, asyncContext = true, blockedMs = DEFAULTS.blockedMs } = options;
  if (typeof timing !== 'boolean') throw invalidValue('options.timing', 'a boolean');
  if (typeof asyncContext !== 'boolean') throw invalidValue('options.asyncContext', 'a boolean');
  if (typeof blockedMs !== 'number' || !(blockedMs > 0)) {
    throw invalidValue('options.blockedMs', 'a number of milliseconds above 0');
  }
  const { spinMs = 0, inlineFiles = true } = options;
  if (typeof inlineFiles !== 'boolean') throw invalidValue('options.inlineFiles', 'a boolean');
  if (typeof spinMs !== 'number' || !(spinMs >= 0 && spinMs <= MAX_SPIN_MS)) {
    throw invalidValue('options.spinMs', `a number of milliseconds from 0 to ${MAX_SPIN_MS}`);
  }
  if (poolSize !== undefined) checkInteger('options.poolSize', poolSize, 1, 1024);
  const { pool } = options;
  if (pool !== undefined && !SharedPool.is(pool)) throw invalidType('options.pool', 'a ThreadPool');
  if (pool !== undefined && poolSize !== undefined) {
    throw invalidValue('options.poolSize', "left out beside 'pool', whose size it has");
  }
  const numbers = { maxEvents, slabBytes, maxBufferedBytes, blockedMs, spinMs };
  return { ...numbers, backend, drain, poolSize, pool, inlineFiles, timing, asyncContext };
}

const INSIDE_PROMISE =
  'rawloop: run() was called from inside a promise callback (or at the top of an ES\n' +
  'module), so no promise can settle until it returns: the engine does not start the\n' +
  'microtask queue twice. Call it from setImmediate(() => loop.run()), or use attach().\n';
const NO_DRAIN =
  'rawloop: this runtime has no known way to run promises from JavaScript, so no promise\n' +
  'can settle until run() returns. Use attach(), or a loop that needs no promises.\n';

let warned = false;

/**
 * Says, once, that promises cannot settle inside this `run`. Written at once:
 * process.emitWarning would come after `run`, which is too late to help.
 */
export function warnNoMicrotasks(): void {
  if (warned || process.env['NODE_NO_WARNINGS'] === '1') return;
  warned = true;
  writeSync(2, drainHost === undefined ? NO_DRAIN : INSIDE_PROMISE);
}
