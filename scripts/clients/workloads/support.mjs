// What the checks share.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';

export { deepEqual, equal, ok, randomBytes };

/** Passes when it fails with this in its code or its message. */
export async function fails(promise, pattern) {
  let error;
  try {
    await promise;
  } catch (thrown) {
    error = thrown;
  }
  ok(error !== undefined, `it did not fail: ${pattern}`);
  // Of several addresses tried each has one.
  const all = [error, error.cause, ...(error.errors ?? [])].filter(Boolean);
  const said = all.map(({ code, message }) => `${code} ${message}`).join(' ');
  ok(pattern.test(said), `it failed otherwise: ${said}`);
}

/** Resolves with the first value of an event. */
export function once(emitter, event) {
  return new Promise((resolve) => emitter.once(event, resolve));
}

export function digest(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The digest and the length of what a stream gives; slower than it could: so its source waits. */
export async function digestOf(readable, pauseEveryBytes = 1 << 20) {
  const hash = createHash('sha256');
  let bytes = 0;
  let paused = 0;
  for await (const chunk of readable) {
    hash.update(chunk);
    bytes += chunk.length;
    if (bytes - paused < pauseEveryBytes) continue;
    paused = bytes;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return { bytes, digest: hash.digest('hex') };
}

/** `[0, 1, ... count - 1]` through a function, all at once. */
export function each(count, run) {
  return Promise.all(Array.from({ length: count }, (_, i) => run(i)));
}
