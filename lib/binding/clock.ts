// The host's monotonic clock. Looked up once, on first use: to load it takes a
// millisecond, and to read the global each time half of what the clock itself does.
let clock: { now(): number } | undefined;

/** Milliseconds since the process started, with fractions. See clock_gettime(2). */
export function hostNowMs(): number {
  if (clock === undefined) clock = globalThis.performance;
  return clock.now();
}
