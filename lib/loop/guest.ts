// A loop's place in its host's loop: it asks for a turn at the right time and keeps
// the process alive exactly while the loop is. See native/host_loop.h.
import type { HostLoop } from '../binding/index.js';
import { attachToHost } from './host.js';
import type { Clock } from './timers.js';

const NEVER = Number.POSITIVE_INFINITY;
/** The next turn is asked for already, as soon as the host comes round. */
const AT_ONCE = Number.NEGATIVE_INFINITY;
/** What is due later is armed again then: a turn too many in 24 days. */
const MAX_ARM_MS = 2 ** 31 - 1;

export class Guest {
  readonly #host: HostLoop;
  #referenced = true;
  #armedMs = NEVER;

  /**
   * @param fd the poller's descriptor
   * @param turn called when it is readable or the time has come
   * @throws SystemError when the host refuses
   */
  constructor(fd: number, turn: () => void) {
    this.#host = attachToHost(fd, (due) => {
      if (due) this.#armedMs = NEVER;
      turn();
    });
  }

  /** Keeps the process alive. Idempotent. */
  ref(): void {
    if (!this.#referenced) this.#host.ref();
    this.#referenced = true;
  }

  /** Lets the process end. Idempotent. */
  unref(): void {
    if (this.#referenced) this.#host.unref();
    this.#referenced = false;
  }

  /**
   * Says when the next turn is due at the latest, 0: now, Infinity: not by itself. What
   * is armed for an earlier time stays: a turn too many costs less than a call for each
   * timer that comes and goes.
   */
  dueAt(dueMs: number, clock: Clock): void {
    if (dueMs >= this.#armedMs) return;
    const leftMs = dueMs === 0 ? 0 : dueMs - clock();
    this.#armedMs = leftMs <= 0 ? AT_ONCE : dueMs;
    this.#host.arm(leftMs <= 0 ? 0 : Math.min(Math.ceil(leftMs), MAX_ARM_MS));
  }

  /** No turn before the host has had one for its own work. */
  yield(): void {
    if (this.#host.hold()) setImmediate(() => this.#host.letGo());
  }

  close(): void {
    this.#host.close();
  }
}
