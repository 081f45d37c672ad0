// One timer: what setTimeout and setInterval return. It is small, as programs hold
// many: when it is due, and its place among the others, stand in the loop's tables. It
// knows the list of its delay, and what keeps them all only by what it asks of it.

import { nameOf } from '../../base/names.js';

export type TimerCallback = () => void;

/** No slot. */
export const NONE = -1;
const NEVER = Number.POSITIVE_INFINITY;

/** @internal The lowest bits of `state`. */
export const REFERENCED = 1;
/** @internal A number was asked for. */
export const NUMBERED = 2;
const FLAGS = REFERENCED | NUMBERED;
const FLAG_BITS = 2;

/** What a timer needs of the timers of its loop. */
export interface TimerKeeper {
  readonly owner: { retain(): void; release(): void };
  readonly numbers: { of(timer: Timer): number };
  refresh(timer: Timer): void;
  clear(timer: Timer): void;
}

/**
 * The timers of one delay, by when they are due; a repeating one, whose next call
 * depends on when it started, has a list of its own. A timer knows its list and nothing
 * else of itself: a small timer is a cheap one.
 */
export class DelayList {
  readonly keeper: TimerKeeper;
  readonly delayMs: number;
  readonly repeats: boolean;
  first = NONE;
  last = NONE;
  /** When its first is due, or earlier, and that one's order: what the heap goes by. */
  dueMs = NEVER;
  order = 0;
  /** Whether it stands in the heap. */
  listed = false;

  constructor(keeper: TimerKeeper, delayMs: number, repeats: boolean) {
    this.keeper = keeper;
    this.delayMs = delayMs;
    this.repeats = repeats;
  }
}

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
      if (this.active) this.list.keeper.owner.retain();
    }
    return this;
  }

  /** Lets the loop end although this timer waits. Idempotent. */
  unref(): this {
    if ((this.state & REFERENCED) !== 0) {
      this.state &= ~REFERENCED;
      if (this.active) this.list.keeper.owner.release();
    }
    return this;
  }

  hasRef(): boolean {
    return (this.state & REFERENCED) !== 0;
  }

  /** Starts its delay anew from now, also after it fired or was cleared. */
  refresh(): this {
    this.list.keeper.refresh(this);
    return this;
  }

  /** Cancels it. Idempotent. */
  close(): this {
    this.list.keeper.clear(this);
    return this;
  }

  /** A number that clearTimeout of its loop takes as well, while it waits. */
  [Symbol.toPrimitive](): number {
    return this.list.keeper.numbers.of(this);
  }

  /** @internal */
  describe(): string {
    return `Timer ${nameOf(this.callback)}`;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
