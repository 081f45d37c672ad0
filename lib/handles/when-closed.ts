// What is to be undone when a handle closes. Few handles have any, so it stands
// beside them.
import type { Handle } from '../loop/handle.js';

const cleanups = new WeakMap<Handle, () => void>();
/** Whether there ever was one: to look for what is not there costs each connection. */
let any = false;

/** Runs `cleanup` once when `handle` closes. */
export function whenClosed(handle: Handle, cleanup: () => void): void {
  any = true;
  cleanups.set(handle, cleanup);
}

/** The handle closes. */
export function runCleanup(handle: Handle): void {
  if (!any) return;
  const cleanup = cleanups.get(handle);
  if (cleanup === undefined) return;
  cleanups.delete(handle);
  cleanup();
}
