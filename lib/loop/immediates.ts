// Immediates: callbacks of the check phase. One that is set from the phase itself
// runs in the next iteration, so a chain of them cannot starve the poll.

import { nameOf } from '../base/names.js';

type Callback = (...args: never[]) => void;

/** A queue that was longer once gives its memory back. */
const KEPT_PLACES = 1024;

/** What setImmediate returns. */
export class Immediate {
  readonly #queue: ImmediateQueue;
  readonly #callback: Callback;
  readonly #args: readonly unknown[];
  #active = true;
  #referenced = true;

  /** @internal */
  constructor(queue: ImmediateQueue, callback: Callback, args: readonly unknown[]) {
    this.#queue = queue;
    this.#callback = callback;
    this.#args = args;
  }

  /** Whether it is one: what only looks like it is not touched. @internal */
  static is(value: unknown): value is Immediate {
    return typeof value === 'object' && value !== null && #queue in value;
  }

  /** True while it waits to run. */
  get active(): boolean {
    return this.#active;
  }

  /** Lets it keep the loop alive. Idempotent. */
  ref(): this {
    if (!this.#referenced && this.active) this.#queue.referenced++;
    this.#referenced = true;
    return this;
  }

  /** Lets the loop end before it ran. Idempotent. */
  unref(): this {
    if (this.#referenced && this.active) this.#queue.referenced--;
    this.#referenced = false;
    return this;
  }

  hasRef(): boolean {
    return this.#referenced;
  }

  /** @internal */
  cancel(): void {
    if (!this.#active) return;
    this.#active = false;
    this.#queue.size--;
    if (this.#referenced) this.#queue.referenced--;
  }

  /** @internal */
  run(): void {
    this.cancel();
    (this.#callback as (...args: unknown[]) => void)(...this.#args);
  }

  /** @internal */
  get callback(): { readonly name: string } {
    return this.#callback;
  }

  /** @internal */
  describe(): string {
    return `Immediate ${nameOf(this.#callback)}`;
  }

  [Symbol.dispose](): void {
    this.cancel();
  }
}

export class ImmediateQueue {
  /** Immediates that wait. */
  size = 0;
  /** Those of them that keep the loop alive. */
  referenced = 0;
  // Emptied by counting: to shorten an array in each turn costs more than the turn.
  #incoming: (Immediate | undefined)[] = [];
  #added = 0;
  #running: (Immediate | undefined)[] = [];
  #count = 0;
  #next = 0;

  add(callback: Callback, args: readonly unknown[]): Immediate {
    const immediate = new Immediate(this, callback, args);
    this.#incoming[this.#added++] = immediate;
    this.size++;
    this.referenced++;
    return immediate;
  }

  /** Those that wait now are this turn's, behind what a throw left of the last. */
  beginTurn(): void {
    if (this.#next < this.#count) {
      const left = this.#running.slice(this.#next, this.#count);
      this.#running = left.concat(this.#incoming.slice(0, this.#added));
      this.#count = this.#running.length;
      this.#incoming = [];
    } else {
      const emptied = this.#running.length > KEPT_PLACES ? [] : this.#running;
      this.#running = this.#incoming;
      this.#count = this.#added;
      this.#incoming = emptied;
    }
    this.#added = 0;
    this.#next = 0;
  }

  /** The next of this turn; undefined at its end. */
  take(): Immediate | undefined {
    while (this.#next < this.#count) {
      const immediate = this.#running[this.#next] as Immediate;
      this.#running[this.#next++] = undefined;
      if (immediate.active) return immediate;
    }
    return undefined;
  }
}
