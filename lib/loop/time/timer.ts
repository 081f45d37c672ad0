// One timer: what setTimeout and setInterval return. It is small, as programs hold
// many: when it is due, and its place among the others, stand in the loop's tables.

import { nameOf } from '../../base/names.js';
import { SHOWN, shown } from '../../base/shown.js';
import type { DelayList } from './delay-list.js';

export type TimerCallback = () => void;

/** @internal The lowest bits of `state`. */
export const REFERENCED = 1;
/** @internal A number was asked for. */
export const NUMBERED = 2;
const FLAGS = REFERENCED | NUMBERED;
const FLAG_BITS = 2;

/** What `setTimeout` and `setInterval` of a loop return. */
export class Timer {
  /** @internal The timers of its delay. */ list: DelayList;
  /** @internal */ readonly callback: TimerCallback;
  /** @internal Flags, and above them the slot plus one, 0: not waiting. */ state = REFERENCED;
  /** @internal Only the timers that were asked for one have it: the others are smaller. */
  declare number?: number;

  /** @internal */
  constructor(list: DelayList, callback: TimerCallback) {
    this.list = list;
    this.callback = callback;
  }

  /** @internal Place in the tables; -1: not waiting. */
  get slot(): number {
    return (this.state >> FLAG_BITS) - 1;
  }

  /** @internal */
  set slot(slot: number) {
    this.state = ((slot + 1) << FLAG_BITS) | (this.state & FLAGS);
  }

  /** @internal */
  get delayMs(): number {
    return this.list.delayMs;
  }

  /** True while it waits to fire. */
  get active(): boolean {
    return this.state > FLAGS;
  }

  /** Lets this timer keep the loop alive. Idempotent. */
  ref(): this {
    if ((this.state & REFERENCED) === 0) {
      this.state |= REFERENCED;
      if (this.active) this.list.timers.owner.retain();
    }
    return this;
  }

  /** Lets the loop end although this timer waits. Idempotent. */
  unref(): this {
    if ((this.state & REFERENCED) !== 0) {
      this.state &= ~REFERENCED;
      if (this.active) this.list.timers.owner.release();
    }
    return this;
  }

  /** Whether it keeps the loop alive while it waits. */
  hasRef(): boolean {
    return (this.state & REFERENCED) !== 0;
  }

  /** Starts its delay anew from now, also after it fired or was cleared. */
  refresh(): this {
    this.list.timers.refresh(this);
    return this;
  }

  /** Cancels it. Idempotent. */
  close(): this {
    this.list.timers.clear(this);
    return this;
  }

  /** A number that clearTimeout of its loop takes as well, while it waits. */
  [Symbol.toPrimitive](): number {
    return this.list.timers.numbers.of(this);
  }

  /** @internal */
  describe(): string {
    return `Timer ${nameOf(this.callback)}`;
  }

  /** @internal */
  [SHOWN](): string {
    const { delayMs, repeats } = this.list;
    const state = this.active ? 'waiting' : 'done';
    return shown(
      'Timer',
      `${repeats ? 'every ' : ''}${delayMs} ms`,
      state,
      this.hasRef() ? undefined : 'unref',
    );
  }

  /** The same as `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
