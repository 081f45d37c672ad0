// What is to be undone when a handle closes. Few handles have any, so it stands
// beside them.
import { onAbort } from '../base/abort.js';
import type { Handle } from './handle.js';

const cleanups = new WeakMap<Handle, () => void>();
/** Whether there ever was one: to look for what is not there costs each connection. */
let any = false;

/** Runs `cleanup` once when `handle` closes, behind those that were given before. */
export function whenClosed(handle: Handle, cleanup: () => void): void {
  any = true;
  const before = cleanups.get(handle);
  const both = () => {
    before?.();
    cleanup();
  };
  cleanups.set(handle, before === undefined ? cleanup : both);
}

/** The handle closes. */
export function runCleanup(handle: Handle): void {
  if (!any) return;
  const cleanup = cleanups.get(handle);
  if (cleanup === undefined) return;
  cleanups.delete(handle);
  cleanup();
}

/** Ends listening to signals for handles that nobody closed: their loops were forgotten. */
const collected = new FinalizationRegistry<() => void>((stop) => stop());

/**
 * Calls `end` when `signal` aborts, unless what it returns was called before. A signal may live
 * as long as the process: it does not hold `target`, so that a loop may be forgotten with it.
 *
 * @param end holds no target itself
 */
export function endingOnAbort<T extends object>(
  target: T,
  signal: AbortSignal,
  end: (target: T, signal: AbortSignal) => void,
): () => void {
  const weak = new WeakRef(target);
  const stop = onAbort(signal, () => {
    const found = weak.deref();
    if (found !== undefined) end(found, signal);
  });
  collected.register(target, stop);
  return stop;
}

/** Calls `end` when `signal` aborts before `handle` closes, as `endingOnAbort`. */
export function endOnAbort<T extends Handle>(
  handle: T,
  signal: AbortSignal,
  end: (handle: T, signal: AbortSignal) => void,
): void {
  whenClosed(handle, endingOnAbort(handle, signal, end));
}

/** What a signal does to a watcher or a server. */
export function closeIt(handle: Handle): void {
  handle.close();
}
