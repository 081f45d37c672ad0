// What is to be undone when a handle closes. Few handles have any, so it stands
// beside them.
import type { Handle } from '../loop/handle.js';

const cleanups = new WeakMap<Handle, () => void>();

/** Runs `cleanup` once when `handle` closes. */
export function whenClosed(handle: Handle, cleanup: () => void): void {
  cleanups.set(handle, cleanup);
}

/** The handle closes. */
export function runCleanup(handle: Handle): void {
  const cleanup = cleanups.get(handle);
  if (cleanup === undefined) return;
  cleanups.delete(handle);
  cleanup();
}
