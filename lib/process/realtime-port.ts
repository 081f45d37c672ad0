// Where the real-time signals of one loop arrive: each with its value and its sender, in the order
// in which the threads of the process took them: the kernel gives two that come at once to two of
// them, if it likes, and does not say which was first. See native/process/realtime_table.h, and signal(7).
import { native } from '../binding/index.js';
import type { Resource } from '../loop/abandoned.js';
import { constants } from '../raw/constants.js';
import { check } from '../raw/errors.js';

/** Records that are taken at once. */
const AT_ONCE = 64;
/** The words of one: signal, code, pid, uid, value, lost. */
const WORDS = 6;

/** What the system tells of a signal from SIGRTMIN to SIGRTMAX. */
export interface SignalInfo {
  /** How it was sent: SI_USER (0, kill), SI_QUEUE (-1, sigqueue), SI_TIMER (-2), SI_MESGQ (-3), ... */
  readonly code: number;
  /** The process that sent it. */
  readonly pid: number;
  /** Its real user. */
  readonly uid: number;
  /** The value that sigqueue(3) was given, -2^31 to 2^31-1. */
  readonly value: number;
  /**
   * How many were lost before it, as 65,536 waited to be told: 0, unless the loop stood still.
   */
  readonly lost: number;
}

/** Whether the kernel queues it. */
export function isRealtime(signal: number): boolean {
  const { SIGRTMAX, SIGRTMIN } = constants;
  if (SIGRTMIN === undefined || SIGRTMAX === undefined) return false;
  return signal >= SIGRTMIN && signal <= SIGRTMAX;
}

/** Does not lead to its loop, which may be collected while signals are watched. */
export class RealtimePort implements Resource {
  readonly #port = new native.RealtimePort();
  readonly #records = new Int32Array(AT_ONCE * WORDS);
  readonly #fd: number;
  /** Nobody takes a handler's place unasked. */
  readonly renewMs = undefined;

  /** @throws SystemError EMFILE, ENFILE, ENOMEM */
  constructor() {
    this.#fd = check(this.#port.open(), 'pipe2');
  }

  /** Readable when a signal came. */
  get fd(): number {
    return this.#fd;
  }

  /** @throws SystemError EINVAL */
  watch(_name: string, number: number): void {
    check(this.#port.watch(number), 'sigaction');
  }

  unwatch(number: number): void {
    this.#port.unwatch(number);
  }

  renewAll(): void {}

  /** Calls `found` with each signal that came, in order. */
  take(found: (number: number, info: SignalInfo) => void): void {
    let count: number;
    do {
      count = this.#port.take(this.#records);
      for (let at = 0; at < count * WORDS; at += WORDS) {
        found(this.#word(at), {
          code: this.#word(at + 1),
          pid: this.#word(at + 2),
          uid: this.#word(at + 3) >>> 0,
          value: this.#word(at + 4),
          lost: this.#word(at + 5),
        });
      }
    } while (count === AT_ONCE);
  }

  #word(at: number): number {
    return this.#records[at] as number;
  }

  /** Ends every watch. Idempotent. */
  release(): void {
    this.#port.close();
  }
}
