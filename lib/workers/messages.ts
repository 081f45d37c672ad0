// What the loop and a thread say to each other by their port. A message costs as much for one
// job as for ten, so jobs that wait go together: place, input, place, input ...
import type { MessagePort } from 'node:worker_threads';
import type { SharedWaker } from '../poller/index.js';

/** Jobs; or the place of a running one whose signal has aborted; or END. */
export type ToThread = unknown[] | number;

/** To a thread: it ends itself, between two jobs. */
export const END = -1;

/** In the place of a job's place: the file is loaded, and jobs may come. */
export const READY = -1;
/** The file could not be loaded: the error is the value. */
export const NOT_LOADED = -2;
/** Nobody caught the error that is the value: the thread may end by it. */
export const UNCAUGHT = -3;

/** How a job ended: its result is the value. */
export const DONE = 0;
/** The value is what it threw. */
export const THREW = 1;
/** The value is the reason why its result, or what it threw, cannot be copied. */
export const NOT_CLONED = 2;

/** What a thread tells. Times in ms of the loop's clock. */
export type Report = [
  place: number,
  outcome: number,
  value: unknown,
  beginMs: number,
  runMs: number,
  /** What a copy of the error lacks: `code`, and other properties of its own. */
  details?: Readonly<Record<string, unknown>> | undefined,
];

/** What a thread is started with. */
export interface ThreadData {
  readonly port: MessagePort;
  readonly words: Int32Array;
  readonly answers: Float64Array;
  readonly told: Int32Array;
  readonly waker: SharedWaker;
  /** The host's monotonic clock minus the loop's, in ms. */
  readonly clockOffsetMs: number;
  /** The URL of the file, or the code itself. */
  readonly file: string | undefined;
  readonly code: string | undefined;
  /** The program's own `workerData`. */
  readonly workerData: unknown;
}
