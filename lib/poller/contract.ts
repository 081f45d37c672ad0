// The poller contract: what a backend must supply. A backend waits for
// descriptors and does nothing else; what a readiness means is the loop's to say.
//
// - `add` registers a descriptor that the caller keeps owning; a second `add` of
//   the same one is EEXIST. `delete` comes before the descriptor is closed.
// - `wait` fills records of (Ready bits, token) and returns how many; a condition
//   is reported once per descriptor per wait, with all its bits in one record.
// - ERROR and HANGUP are reported whether asked for or not; a poller without
//   `supports.unasked` does so only to an interest in READ or WRITE.
// - The end of a stream is a READ that receives 0 bytes, not a HANGUP: this says
//   that nothing more can come or go, and what came before is still to be read.
// - `notify` makes the wait under way, or else the next one, return early. It is
//   the only member that another thread may reach (through the waker).
// - `fd` is readable exactly while a wait would find something.

import type { InterestOptions } from './interest.js';
import type { ReadyList } from './ready-list.js';
import type { SharedWaker } from './waker.js';

/** What a backend can do beyond level-triggered read and write. */
export interface PollerFeatures {
  readonly edge: boolean;
  readonly oneshot: boolean;
  readonly priority: boolean;
  readonly exclusive: boolean;
  /** Whether timeouts keep fractions of a millisecond. */
  readonly submillisecond: boolean;
  /** Whether it can be waited for what happens to files and folders. */
  readonly vnodes: boolean;
  /** Whether error and hangup are reported to an interest without READ and WRITE. */
  readonly unasked: boolean;
}

/**
 * What goes with a wait through one native call: before it, what is to be sent; after it,
 * the reads of what is ready. Who passes it to `wait` has said what that is.
 */
export interface Crossing {
  /** Sends, waits, reads. The count or -errno; 0 when not all was sent: then no wait. */
  wait(backend: number, poller: number, timeoutMs: number, registered: number): number;
  /** After -EINTR: waits for what is left of the time. */
  waitOn(): number;
  /** What the wait found that is the poller's own: bits of Own. */
  readonly own: number;
}

/** One registration, as `rebuild` takes it. */
export interface Registration {
  fd: number;
  /** Interest bits. */
  interest: number;
  token: number;
}

/** Waits for many descriptors at once: what `createPoller` returns. */
export interface Poller {
  /** 'epoll' or 'kqueue'; behind the checked poller, its name too. */
  readonly name: string;
  /** The poller's own descriptor, itself pollable. It changes with `rebuild`. */
  readonly fd: number;
  /** What this one can do. */
  readonly supports: PollerFeatures;
  /** What another thread needs to call `wake`. */
  readonly waker: SharedWaker;

  /**
   * Begins to wait for a descriptor. It is borrowed: the caller closes it.
   *
   * @param token 0 to 2^53-2; comes back with each event
   * @throws SystemError EEXIST (it is here already), EPERM (a regular file, always
   *   ready), EBADF, ENOMEM, ENOSPC; ENOTSUP (priority or vnodes, where not supported);
   *   EINVAL (vnodes, of what is no file or folder, or with another condition);
   *   on the BSDs EPIPE (writing to a pipe that nobody reads)
   */
  add(fd: number, interest: InterestOptions | number, token: number): void;

  /**
   * Replaces the interest and the token; re-arms a oneshot. Should that fail, the
   * descriptor may not be waited for any more.
   *
   * @throws SystemError ENOENT (it is not here), EBADF
   */
  modify(fd: number, interest: InterestOptions | number, token: number): void;

  /**
   * Ends waiting for a descriptor.
   *
   * @returns false when the kernel does not know it here: never added, or closed
   */
  delete(fd: number): boolean;

  /**
   * Ends waiting for a descriptor that was opened here and closes it: one step, as the
   * poller knows whether it still is what was added. 0 or -errno.
   */
  closeDescriptor(fd: number): number;

  /**
   * Waits until something is ready, the time is over or `notify` is called, which
   * `ready.woken` then says.
   *
   * @param timeoutMs 0: do not wait, -1: for ever. Never returns early for lack of
   *   precision: a fraction that the kernel cannot wait for is rounded up.
   * @param crossing to wait in; `ready` is its own then
   * @returns how many records of `ready` were filled
   * @throws TypeError for what is no ReadyList or no number; RangeError ERR_OUT_OF_RANGE
   *   for a time below 0 that is not -1, and NaN
   */
  wait(ready: ReadyList, timeoutMs: number, crossing?: Crossing): number;

  /** Ends the wait under way, or the next one, early. */
  notify(): void;

  /** Starts anew with just these registrations; the way out when one cannot be deleted. */
  rebuild(registrations: Iterable<Registration>, onError: RegistrationError): void;

  /** Closes the poller's own descriptors, no others. */
  close(): void;
}

/** Told of each registration that a rebuild could not keep. */
export type RegistrationError = (registration: Registration, error: Error) => void;
