// What a watcher's callback is told: one frozen object for each combination of
// conditions, made once, so that an event makes none.
import { Ready } from '../poller/interest.js';

/** What a descriptor is ready for. Shared and frozen: compare, keep, do not change. */
export interface Readiness {
  /** Readable, or the peer ended: a read returns at once. */
  readonly read: boolean;
  /** Writable: a write is taken, or fails, at once. */
  readonly write: boolean;
  /** Something urgent: a GPIO edge, out-of-band data (POLLPRI). */
  readonly priority: boolean;
  /** The other side is gone (POLLHUP). */
  readonly hangup: boolean;
  /** The descriptor has an error to report (POLLERR). */
  readonly error: boolean;
}

const COMBINATIONS = 32;

const table: readonly Readiness[] = Array.from({ length: COMBINATIONS }, (_, bits) =>
  Object.freeze({
    read: (bits & Ready.READ) !== 0,
    write: (bits & Ready.WRITE) !== 0,
    priority: (bits & Ready.PRIORITY) !== 0,
    hangup: (bits & Ready.HANGUP) !== 0,
    error: (bits & Ready.ERROR) !== 0,
  }),
);

/** The readiness of Ready bits. */
export function readinessOf(bits: number): Readiness {
  return table[bits & (COMBINATIONS - 1)] as Readiness;
}
