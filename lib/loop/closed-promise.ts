// `handle.closed`: the end of a handle as a promise. It is made when somebody looks, and
// stands beside the handle, as few are looked at and an idle one is to be small; a bit of
// `flags` says that there is one, so that the others close at no cost.
import { CLOSE_AWAITED, CLOSED } from './handle-flags.js';

/** What this asks of a handle. */
interface Closing {
  flags: number;
  readonly error: Error | undefined;
}

interface Settled {
  readonly promise: Promise<void>;
  readonly settle: (error: Error | undefined) => void;
}

const awaited = new WeakMap<Closing, Settled>();

function make(): Settled {
  let settle!: Settled['settle'];
  const promise = new Promise<void>((resolve, reject) => {
    settle = (error) => (error === undefined ? resolve() : reject(error));
  });
  // Who looks and does not wait is told by `close`, or by the error handler, as ever.
  promise.catch(() => {});
  return { promise, settle };
}

/** The promise of `handle`, the same one each time. */
export function closedPromise(handle: Closing): Promise<void> {
  const known = awaited.get(handle);
  if (known !== undefined) return known.promise;
  const made = make();
  awaited.set(handle, made);
  if ((handle.flags & CLOSED) !== 0) made.settle(handle.error);
  else handle.flags |= CLOSE_AWAITED;
  return made.promise;
}

/** Whether somebody waits for the end of `handle`, and so hears why it ends. */
export function closeIsAwaited(handle: Closing): boolean {
  return (handle.flags & CLOSE_AWAITED) !== 0;
}

/** `handle` has closed. Who waits goes on behind the callback that tells it. */
export function settleClosed(handle: Closing): void {
  if ((handle.flags & CLOSE_AWAITED) === 0) return;
  handle.flags &= ~CLOSE_AWAITED;
  awaited.get(handle)?.settle(handle.error);
}
