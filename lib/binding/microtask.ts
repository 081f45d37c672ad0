// A microtask by the language alone: the global queueMicrotask is replaced by test
// frameworks, also before this package is loaded.

/** Runs `work`, which must not throw, when the code under way is over. */
export async function inMicrotask(work: () => void): Promise<void> {
  await undefined;
  work();
}
