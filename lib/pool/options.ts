// Options of a pool, read and checked before there is anything of it.
import { invalidType } from '../base/errors.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import { native } from '../binding/index.js';
import { outOfRange } from '../loop/errors.js';
import { constants } from '../raw/constants.js';
import { check } from '../raw/errors.js';
import { noProcessors } from './errors.js';
import { Lanes, type LanesOptions } from './lanes.js';

const DEFAULT_THREADS = 4;
export const MAX_THREADS = 1024;
/** Enough for getaddrinfo(3) with its plug-ins; only what is touched costs memory. */
const DEFAULT_STACK_BYTES = 2 * 1024 * 1024;
/** With what each keeps, some 20 MB. */
const DEFAULT_MAX_QUEUED = 65536;
const MAX_IDLE_MS = 365 * 24 * 3600 * 1000;
const MAX_PROCESSOR = 1023;

/** Options of `new ThreadPool`. All may be left out. */
export interface ThreadPoolOptions {
  /** Threads: 1 to 1,024. Default: RAWLOOP_THREADPOOL_SIZE, else 4. */
  size?: number | undefined;
  /**
   * Bytes of a thread's stack: 65,536 to 2^52, default 2 MiB. What the kernel cannot
   * map makes starting a thread fail. See pthread_attr_setstacksize(3).
   */
  stackBytes?: number | undefined;
  /**
   * What each kind of work may have, by name: `fs`, `crypto`, `dns`, `zlib`, and lanes of
   * your own by other names. At most 64.
   */
  lanes?: LanesOptions | undefined;
  /**
   * A thread that had nothing to do for so long ends, and is started again for later work:
   * whole ms, 0 to a year. Default: threads stay.
   */
  idleMs?: number | undefined;
  /**
   * Requests that may wait for a thread, of all loops and lanes: 1 to 2^53-1, default
   * 65,536. One more rejects with ERR_POOL_QUEUE_FULL.
   */
  maxQueued?: number | undefined;
  /**
   * The processors that the threads may run on, by number: 0 to 1,023. Default: all.
   * Linux alone. See sched_setaffinity(2).
   */
  processors?: readonly number[] | undefined;
}

const NAMES: OptionNames<ThreadPoolOptions> = {
  size: true,
  stackBytes: true,
  lanes: true,
  idleMs: true,
  maxQueued: true,
  processors: true,
};

function sizeOfEnvironment(): number {
  const text = process.env['RAWLOOP_THREADPOOL_SIZE'];
  if (text === undefined || text === '') return DEFAULT_THREADS;
  const size = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (size >= 1 && size <= MAX_THREADS) return size;
  throw outOfRange('RAWLOOP_THREADPOOL_SIZE', `an integer from 1 to ${MAX_THREADS}`, text);
}

/** @throws Error ERR_FEATURE_UNAVAILABLE_ON_PLATFORM; SystemError EINVAL */
function readProcessors(given: unknown): Int32Array {
  if (given === undefined) return new Int32Array(0);
  if (!Array.isArray(given) || given.length === 0) {
    throw invalidType('options.processors', 'an array of numbers, not empty');
  }
  const processors = Int32Array.from(given, (number: unknown, index) =>
    checkInteger(`options.processors[${index}]`, number, 0, MAX_PROCESSOR),
  );
  const result = native.checkProcessors(processors);
  if (result === -(constants['ENOSYS'] as number)) throw noProcessors();
  check(result, 'sched_setaffinity');
  return processors;
}

/** The same, as they count. */
export interface PoolSettings {
  size: number;
  stackBytes: number;
  lanes: Lanes;
  /** -1: they never end. */
  idleMs: number;
  maxQueued: number;
  /** Empty: any. */
  processors: Int32Array;
}

/** @throws TypeError, RangeError ERR_OUT_OF_RANGE for a bad option or environment */
export function readPoolOptions(given: ThreadPoolOptions): PoolSettings {
  const read = readOptions('options', given, NAMES);
  const { stackBytes = DEFAULT_STACK_BYTES, idleMs, maxQueued = DEFAULT_MAX_QUEUED } = read;
  return {
    size:
      read.size === undefined
        ? sizeOfEnvironment()
        : checkInteger('options.size', read.size, 1, MAX_THREADS),
    stackBytes: checkInteger('options.stackBytes', stackBytes, 65536, 2 ** 52),
    lanes: new Lanes(read.lanes),
    idleMs: idleMs === undefined ? -1 : checkInteger('options.idleMs', idleMs, 0, MAX_IDLE_MS),
    maxQueued: checkInteger('options.maxQueued', maxQueued, 1, Number.MAX_SAFE_INTEGER),
    processors: readProcessors(read.processors),
  };
}
