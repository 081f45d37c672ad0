// The bits of a handle's `flags`: one word says all that is so of it, as an idle handle is to
// be small. What subclasses add begins above them; a stream's are stream/flags.ts.

export const ACTIVE = 1;
export const REFERENCED = 2;
export const CLOSING = 4;
export const CLOSED = 8;
/** Its interest changed in this turn and the poller is yet to be told. */
export const DIRTY = 16;
/** Its callbacks run in an async context of its own, see handle-beside.ts. */
export const IN_CONTEXT = 32;
/** It has work under way, which keeps the loop alive whether or not it is referenced. */
export const WORKING = 64;
/** It closes its descriptor itself, as it leaves the poller; see `Handle.own`. */
export const OWNER = 128;
/** Somebody waits for its `closed`; see closed-promise.ts. */
export const CLOSE_AWAITED = 256;
/** The first bit that subclasses may use. */
export const HANDLE_BITS = 9;
/** Either keeps the loop alive while the handle is active. */
export const RETAINS = REFERENCED | WORKING;

interface Retaining {
  flags: number;
  readonly loop: { retain(): void; release(): void };
}

/**
 * Sets or clears a flag of RETAINS, and tells the loop if that changes whether it is kept
 * alive. A function, as a private method would cost each handle eight bytes.
 */
export function setRetaining(handle: Retaining, flag: number, on: boolean): void {
  const before = handle.flags & RETAINS;
  handle.flags = on ? handle.flags | flag : handle.flags & ~flag;
  const after = handle.flags & RETAINS;
  if ((handle.flags & ACTIVE) === 0 || (before === 0) === (after === 0)) return;
  if (after === 0) handle.loop.release();
  else handle.loop.retain();
}
