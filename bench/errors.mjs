// The errors that are meant for whoever runs the benchmarks: the message says it
// all, and no stack is printed.

/** Something that the benchmarks need is missing or broke. */
export class BenchError extends Error {}

/** A mistake in how the command was called. */
export class UsageError extends Error {}

/**
 * @param {unknown} error whatever was thrown
 * @returns {string}
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
