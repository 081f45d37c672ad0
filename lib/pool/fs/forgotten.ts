// Files whose FileHandle was forgotten: each is closed, behind the requests that have it. But a
// handle's number is borrowed, and who closes it by `loop.fs.close(fd)` or by raw calls leaves the
// handle behind: when that is forgotten the number may long be another file's. So it is known whose
// each number is now.
import { native } from '../../binding/index.js';

/** That a handle has a number. It must not lead to the handle. */
export interface Hold {
  readonly fd: number;
}

const holds = new Map<number, Hold>();

const forgotten = new FinalizationRegistry<Hold>((hold) => {
  // `closeFile` looks whether the number is still ours.
  if (release(hold)) native.closeFile(hold.fd);
});

/** `handle` was given `fd`, which was opened just now: who had it before has lost it. */
export function hold(handle: object, fd: number): Hold {
  const made = { fd };
  holds.set(fd, made);
  forgotten.register(handle, made, made);
  return made;
}

/** Whether the number was still that handle's: it is nobody's from here on. */
function release(held: Hold): boolean {
  return holds.get(held.fd) === held && holds.delete(held.fd);
}

/** The handle closes it, or has lost it. */
export function letGo(held: Hold): void {
  forgotten.unregister(held);
  release(held);
}

/** `fd` is closed by its number. */
export function closedByNumber(fd: number): void {
  const held = holds.get(fd);
  if (held !== undefined) letGo(held);
}
