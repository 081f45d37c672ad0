// What the workers of a loop did, in numbers.
import type { TimeSummary } from '../loop/time-summary.js';

/** What `workers.stats()` gives. */
export interface WorkersStats {
  /** Threads at most. */
  size: number;
  /** Threads there are; they start as jobs need them. */
  threads: number;
  /** Threads that wait for a job. */
  idle: number;
  /** Jobs that wait. */
  queued: number;
  /** Jobs at work, also those that were aborted and go on. */
  running: number;
  /** Jobs that were done, or threw. */
  completed: number;
  /** Threads that ended although nobody had asked for it. */
  crashed: number;
  /** Threads that were ended since an aborted job did not end by itself. */
  terminated: number;
  /** From `run` until the job began. */
  wait: TimeSummary;
  /** How long the job took, with what its promise waited for. */
  run: TimeSummary;
}
