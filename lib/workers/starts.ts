// What a handle holds of the kernel and the host, also when its loop is forgotten: the waker and
// the threads; and the time that each thread is given to come up.
import type { Resource } from '../loop/abandoned.js';
import type { HandleLoop } from '../loop/contract.js';
import type { Timer } from '../loop/time/timer.js';
import type { Waker } from '../poller/waker.js';
import type { JobThread, ThreadEnd } from './thread.js';

/** It leads neither to jobs nor to the loop. */
export class Held implements Resource {
  readonly waker: Waker;
  readonly threads = new Set<ThreadEnd>();

  constructor(waker: Waker) {
    this.waker = waker;
  }

  release(): void {
    for (const thread of this.threads) thread.end();
    this.waker.close();
  }
}

/**
 * In the host's loop the end of a thread is told, and from its first line on we hear of it
 * ourselves. One that does not get so far while the host's loop stands still has the clock only.
 */
export class Starts {
  readonly #loop: HandleLoop;
  readonly #held: Held;
  readonly #limitMs: number;
  readonly #timers = new Map<JobThread, Timer>();

  constructor(loop: HandleLoop, held: Held, limitMs: number) {
    this.#loop = loop;
    this.#held = held;
    this.#limitMs = limitMs;
  }

  /** `thread` begins to start; `late` is called where it has run nothing in time. */
  began(thread: JobThread, late: () => void): void {
    this.#held.threads.add(thread.ending);
    const look = () => {
      if (!thread.hasBegun) late();
    };
    this.#timers.set(thread, this.#loop.setTimeout(look, this.#limitMs).unref());
  }

  /** It is up. */
  up(thread: JobThread): void {
    const timer = this.#timers.get(thread);
    if (timer !== undefined) this.#loop.clearTimeout(timer);
    this.#timers.delete(thread);
  }

  /** It is ended. */
  over(thread: JobThread): void {
    this.up(thread);
    this.#held.threads.delete(thread.ending);
  }

  clear(): void {
    for (const timer of this.#timers.values()) this.#loop.clearTimeout(timer);
    this.#timers.clear();
  }
}
