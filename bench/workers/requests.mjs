// Requests that are made again and again, one at a time or many in flight: each answer starts the
// next one.
import { measureRepeated } from './serve.mjs';

/** @typedef {(done: (error: unknown) => void) => void} Request */

/**
 * A work, for `serve`.
 *
 * @param {Request} request
 * @param {number} inFlight
 * @param {import('../../dist/index.cjs').EventLoop} [owned] the loop that has to run, if the
 *   host's does not
 */
export function measureRequests(request, inFlight, owned) {
  /** While a loop owns the thread, the host's timers stand still. */
  const sleep =
    owned && ((/** @type {number} */ ms) => new Promise((done) => void owned.setTimeout(done, ms)));
  return async (/** @type {{ ms: number }} */ { ms }) => {
    let onTime = (/** @type {number} */ _beginMs) => {};
    let isTimed = false;
    let isOver = false;
    let left = inFlight;
    let drained = () => {};
    const end = new Promise((resolve) => {
      drained = () => resolve(undefined);
    });
    const next = () => {
      const beginMs = isTimed ? performance.now() : 0;
      request((error) => {
        if (error) throw error;
        // What was begun before times were taken has none.
        if (beginMs > 0 || !isTimed) onTime(beginMs);
        if (!isOver) next();
        else if (--left === 0) drained();
      });
    };
    for (let i = 0; i < inFlight; i++) next();
    if (owned) setImmediate(() => owned.run());
    let calls = 0;
    const figures = await measureRepeated(
      ms,
      (callback) => {
        onTime = callback;
        isTimed = ++calls === 2;
      },
      sleep,
    );
    isOver = true;
    await end;
    return figures;
  };
}
