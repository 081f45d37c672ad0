// The host's monotonic clock. It comes from the host's module and its class: the global,
// and an object's own method, are where test frameworks put clocks of their own. Bound on
// first use, as to load the module takes a millisecond.
import { builtin } from './builtin.js';

let host: { now(): number } | undefined;
let read: () => number;

function bind(): { now(): number } {
  const { performance } = builtin('node:perf_hooks') as typeof import('node:perf_hooks');
  const { now } = Object.getPrototypeOf(performance) as { now?: () => number };
  read = now ?? performance.now;
  return performance;
}

/** Milliseconds since the process started, with fractions. See clock_gettime(2). */
export function hostNowMs(): number {
  host ??= bind();
  return read.call(host);
}

/**
 * The kernel's monotonic clock minus `hostNowMs()`, in ms: what puts times of two threads
 * beside each other, whose `performance.now()` began with each of them. See clock_gettime(2).
 */
export function clockOffsetMs(): number {
  // The thread may stand still between two looks: those that are nearest count.
  let [offsetMs, leastMs] = [0, Number.POSITIVE_INFINITY];
  for (let looks = 0; looks < 3; looks++) {
    const beforeMs = hostNowMs();
    const kernelMs = Number(process.hrtime.bigint()) / 1e6;
    const afterMs = hostNowMs();
    if (afterMs - beforeMs >= leastMs) continue;
    leastMs = afterMs - beforeMs;
    offsetMs = kernelMs - afterMs;
  }
  return offsetMs;
}
