// One timer: what setTimeout and setInterval return. It is small, as programs hold
// many: when it is due, and its place among the others, stand in the loop's tables.
import { nameOf } from './names.js';
import type { Timers } from './timers.js';

export type TimerCallback = () => void;

/** @internal */
export const REPEATS = 1;
/** @internal */
export const REFERENCED = 2;

export class Timer {
  /** @internal */ readonly timers: Timers;
  /** @internal */ readonly callback: TimerCallback;
  /** @internal */ readonly delayMs: number;
  /** @internal Place in the tables; -1: not waiting. */ slot = -1;
  /** @internal */ flags: number;

  /** @internal */
  constructor(timers: Timers, callback: TimerCallback, delayMs: number, flags: number) {
    this.timers = timers;
    this.callback = callback;
    this.delayMs = delayMs;
    this.flags = flags;
  }

  /** True while it waits to fire. */
  get active(): boolean {
    return this.slot >= 0;
  }

  /** Lets this timer keep the loop alive. Idempotent. */
  ref(): this {
    if ((this.flags & REFERENCED) === 0) {
      this.flags |= REFERENCED;
      if (this.active) this.timers.owner.retain();
    }
    return this;
  }

  /** Lets the loop end although this timer waits. Idempotent. */
  unref(): this {
    if ((this.flags & REFERENCED) !== 0) {
      this.flags &= ~REFERENCED;
      if (this.active) this.timers.owner.release();
    }
    return this;
  }

  hasRef(): boolean {
    return (this.flags & REFERENCED) !== 0;
  }

  /** Starts its delay anew from now, also after it fired or was cleared. */
  refresh(): this {
    this.timers.refresh(this);
    return this;
  }

  /** Cancels it. */
  close(): this {
    this.timers.clear(this);
    return this;
  }

  /** A number that clearTimeout takes as well. */
  [Symbol.toPrimitive](): number {
    return this.timers.numberOf(this);
  }

  /** @internal */
  describe(): string {
    return `Timer ${nameOf(this.callback)}`;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
