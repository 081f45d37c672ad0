// What the workers of a loop did, in numbers.
import { Histogram } from '../loop/histogram.js';

/** Times in ms: percentiles within 0.8 %, the rest exact; 0 where nothing was measured. */
export interface TimeSummary {
  /** How many times were measured. */
  count: number;
  /** Their mean. */
  meanMs: number;
  /** What half of them do not exceed. */
  p50Ms: number;
  /** What 99 of 100 do not exceed. */
  p99Ms: number;
  /** The longest. */
  maxMs: number;
}

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

const NS = 1e6;

export class Times {
  readonly #histogram = new Histogram();

  record(ms: number): void {
    this.#histogram.record(ms * NS);
  }

  summary(): TimeSummary {
    const { count, mean, max } = this.#histogram;
    const percentile = (percent: number) => this.#histogram.percentile(percent) / NS;
    return {
      count,
      meanMs: mean / NS,
      p50Ms: percentile(50),
      p99Ms: percentile(99),
      maxMs: max / NS,
    };
  }
}
