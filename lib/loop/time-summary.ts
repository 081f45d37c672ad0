// Times as they are told: what a histogram of nanoseconds amounts to, in milliseconds. For the
// stats of the pool and of workers.
import type { Histogram } from './histogram.js';

/** How long something took, over many times: ms. Percentiles are within 0.8 %. */
export interface TimeSummary {
  /** Of how many. */
  count: number;
  /** Exact; 0: of none. */
  meanMs: number;
  /** What half of them did not exceed. */
  p50Ms: number;
  /** What 90 % of them did not exceed. */
  p90Ms: number;
  /** What 99 % of them did not exceed. */
  p99Ms: number;
  /** Exact; 0: of none. */
  maxMs: number;
}

const NS = 1e6;

/** @param times in ns */
export function summary(times: Histogram): TimeSummary {
  const percentile = (percent: number) => times.percentile(percent) / NS;
  return {
    count: times.count,
    meanMs: times.mean / NS,
    p50Ms: percentile(50),
    p90Ms: percentile(90),
    p99Ms: percentile(99),
    maxMs: times.max / NS,
  };
}
