// What a few handles have and most do not, beside the objects: the async context that their
// callbacks run in, the error that ended them. An idle handle is to be small, and a property
// that is there for some is paid for by all.
import { type AsyncContext, captureContext, runIn } from './async-context.js';

const contexts = new WeakMap<object, AsyncContext>();
const failures = new WeakMap<object, Error>();

/** Keeps the context of now for the callbacks of `handle`. False: there is none. */
export function keepContext(handle: { readonly kind: string }): boolean {
  const context = captureContext(handle.kind);
  if (context === undefined) return false;
  contexts.set(handle, context);
  return true;
}

/** Calls `work` in the context that was kept. */
export function enterContext(handle: object, work: () => void): void {
  runIn(contexts.get(handle) as AsyncContext, work);
}

/** Keeps why `handle` ends, if nothing is kept yet; whether it did. */
export function noteFailure(handle: object, error: Error): boolean {
  if (failures.has(handle)) return false;
  failures.set(handle, error);
  return true;
}

/** The error that ended `handle`, if one did. */
export function failureOf(handle: object): Error | undefined {
  return failures.get(handle);
}
