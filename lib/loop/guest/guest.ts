// A loop's place in its host's loop: it asks for a turn at the right time and keeps
// the process alive exactly while the loop is. See native/host/host_loop.h.
import type { HostLoop } from '../../binding/index.js';
import { attachToHost } from '../host.js';
import type { Clock } from '../time/timers.js';

// Before a test runner puts fakes in their places.
const hostSetImmediate = setImmediate;
const hostSetTimeout = setTimeout;
const hostClearTimeout = clearTimeout;

const NEVER = Number.POSITIVE_INFINITY;
/** The next turn is asked for already, as soon as the host comes round. */
const AT_ONCE = Number.NEGATIVE_INFINITY;
/** What is due later is armed again then: a turn too many in 24 days. */
const MAX_ARM_MS = 2 ** 31 - 1;
const FIRST_REST_MS = 5;
const MAX_REST_MS = 1000;

export class Guest {
  readonly #turn: () => void;
  readonly #host: HostLoop;
  #referenced = true;
  #armedMs = NEVER;
  /** While the host is not asked to wait for the poller; see `rest`. */
  #resting: NodeJS.Timeout | undefined;
  #restMs = 0;

  /**
   * @param fd the poller's descriptor
   * @param turn called when it is readable or the time has come
   * @throws SystemError when the host refuses
   */
  constructor(fd: number, turn: () => void) {
    this.#turn = turn;
    this.#host = attachToHost(fd, (due) => {
      if (due) this.#armedMs = NEVER;
      this.#turn();
      if (this.#resting === undefined) this.#restMs = 0;
    });
  }

  /** Keeps the process alive. Idempotent. */
  ref(): void {
    if (this.#referenced) return;
    this.#referenced = true;
    this.#host.ref();
    this.#resting?.ref();
  }

  /** Lets the process end. Idempotent. */
  unref(): void {
    if (!this.#referenced) return;
    this.#referenced = false;
    this.#host.unref();
    this.#resting?.unref();
  }

  /**
   * Says when the next turn is due at the latest, 0: now, Infinity: not by itself. What
   * is armed for an earlier time stays: a turn too many costs less than a call for each
   * timer that comes and goes.
   */
  dueAt(dueMs: number, clock: Clock): void {
    if (dueMs >= this.#armedMs || this.#resting !== undefined) return;
    const leftMs = dueMs === 0 ? 0 : dueMs - clock();
    this.#armedMs = leftMs <= 0 ? AT_ONCE : dueMs;
    this.#host.arm(leftMs <= 0 ? 0 : Math.min(Math.ceil(leftMs), MAX_ARM_MS));
  }

  /** No turn before the host has had one for its own work. */
  yield(): void {
    if (this.#host.hold()) hostSetImmediate(() => this.#host.letGo());
  }

  /**
   * The poller cannot be asked, but is readable: no turn for a while, longer each time,
   * or the host would make one after the other.
   */
  rest(): void {
    if (this.#resting !== undefined) return;
    this.#host.rest();
    this.#restMs = Math.min(Math.max(this.#restMs * 2, FIRST_REST_MS), MAX_REST_MS);
    this.#resting = hostSetTimeout(() => this.#goOn(), this.#restMs);
    if (!this.#referenced) this.#resting.unref();
  }

  #goOn(): void {
    this.#resting = undefined;
    this.#armedMs = NEVER;
    this.#host.goOn();
    this.#turn();
  }

  close(): void {
    hostClearTimeout(this.#resting);
    this.#host.close();
  }
}
