// What the tests of the raw kqueue share: a queue of one test, and its events as
// objects.
import { afterEach, beforeEach } from 'vitest';
import { constants } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';

/** EVFILT_*, EV_* and NOTE_*; 0 where there is no kqueue, and no test runs. */
export function c(name: string): number {
  return constants[name] ?? 0;
}

export const ADD = c('EV_ADD');
export const READ = c('EVFILT_READ');
export const WRITE = c('EVFILT_WRITE');
export const USER = c('EVFILT_USER');

const FOR_EVER = -1;

export class Queue {
  readonly kq = raw.check(raw.kqueue(), 'kqueue');
  readonly #list = new raw.KeventList(64);

  /** Makes changes; the errno of each, 0 when it was made. */
  change(...changes: raw.Kevent[]): number[] {
    for (const [index, change] of changes.entries()) {
      this.#list.set(index, { ...change, flags: change.flags | c('EV_RECEIPT') });
    }
    const memory = this.#list.first(changes.length);
    const count = raw.check(raw.kevent(this.kq, memory, memory, 0), 'kevent');
    return Array.from({ length: count }, (_, index) => Number(this.#list.get(index).data));
  }

  /** What is there now. */
  now(capacity = 64): raw.FoundKevent[] {
    return this.#wait(0, capacity);
  }

  /** What is there once anything is. */
  next(): raw.FoundKevent[] {
    return this.#wait(FOR_EVER, 64);
  }

  #wait(timeoutNs: number, capacity: number): raw.FoundKevent[] {
    const events = this.#list.first(capacity);
    const count = raw.check(raw.kevent(this.kq, null, events, timeoutNs), 'kevent');
    return Array.from({ length: count }, (_, index) => this.#list.get(index));
  }

  close(): void {
    raw.close(this.kq);
  }
}

/** Declares that each test of this block gets a queue of its own. */
export function eachWithQueue(): { readonly queue: Queue } {
  let queue: Queue | undefined;
  beforeEach(() => {
    queue = new Queue();
  });
  afterEach(() => queue?.close());
  return {
    get queue(): Queue {
      if (queue === undefined) throw new Error('the queue is there during a test only');
      return queue;
    },
  };
}
