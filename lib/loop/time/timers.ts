// The waiting timers of a loop. Timers of one delay fall due in the order in which
// they start, so each delay has a list that grows at its end, and a heap holds the
// lists by when their first is due: starting and clearing a timer touch neither the
// heap nor a timer far away. Links and times stand in typed arrays, where they cost
// the collector nothing. `npm run bench -- timers` compares this with a heap.

import { invalidType, loopClosed, outOfRange } from '../errors.js';
import { ListHeap } from './list-heap.js';
import { TimerNumbers } from './numbers.js';
import { TimerSlots } from './slots.js';
import { DelayList, NONE, NUMBERED, REFERENCED, Timer, type TimerCallback } from './timer.js';

const MAX_DELAY_MS = 2 ** 53;
const NEVER = Number.POSITIVE_INFINITY;
/** Below the clock's resolution, a nanosecond, an interval has no grid to keep. */
const MIN_GRID_MS = 1e-6;
/** So many lists at least are kept when they are empty: the next timer may come at once. */
const KEPT_LISTS = 1024;
/** What many timers left is given back after this time, if no turn comes before. */
const TRIM_MS = 1000;

/** What the timers need of their loop. */
export interface TimerOwner {
  readonly closed: boolean;
  retain(): void;
  release(): void;
  /** Something that is not referenced is gone. */
  lifeChanged(): void;
  /** The next timer may be due sooner than before. */
  timerStarted(dueMs: number): void;
}

/** Where time comes from: milliseconds, monotonic. */
export type Clock = () => number;

/**
 * A delay in ms: 0 to 2^53, fractions allowed.
 *
 * @throws TypeError when it is no number, RangeError for NaN, negative or larger
 */
export function checkDelay(delayMs: unknown): number {
  if (typeof delayMs !== 'number') throw invalidType('ms', 'a number of milliseconds');
  if (!(delayMs >= 0 && delayMs <= MAX_DELAY_MS)) throw outOfRange('ms', '0 to 2^53', delayMs);
  return delayMs;
}

/** A TimerKeeper; not by `implements`, as its published type lacks what is internal. */
export class Timers {
  /** @internal */ readonly owner: TimerOwner;
  /** @internal */ readonly numbers = new TimerNumbers();
  readonly #clock: Clock;
  readonly #slots = new TimerSlots();
  /** By delay; those of repeating timers are not among them. */
  readonly #lists = new Map<number, DelayList>();
  /** The list that was asked for last: most programs use few delays. */
  #lastList: DelayList | undefined;
  readonly #heap = new ListHeap();
  /** How many lists may be made before those that are empty are dropped. */
  #sparedLists = KEPT_LISTS;
  /** The next turn gives memory back. */
  #trims = false;
  /** By how much the timer taken last was overdue. */
  lateMs = 0;
  #nextOrder = 0;

  constructor(owner: TimerOwner, clock: Clock) {
    this.owner = owner;
    this.#clock = clock;
  }

  /** How many wait. */
  get size(): number {
    return this.#slots.used;
  }

  /** Starts a timer. @throws TypeError, RangeError; Error ERR_LOOP_CLOSED */
  start(callback: TimerCallback, ms: number, repeats: boolean): Timer {
    const delayMs = checkDelay(ms);
    if (this.owner.closed) throw loopClosed();
    const list = repeats ? this.#newList(delayMs, true) : this.#listOf(delayMs);
    const timer = new Timer(list, callback);
    this.owner.retain();
    this.#add(timer, list);
    return timer;
  }

  refresh(timer: Timer): void {
    if (this.owner.closed) throw loopClosed();
    if (timer.active) this.#remove(timer);
    else if ((timer.state & REFERENCED) !== 0) this.owner.retain();
    const { delayMs, repeats, listed } = timer.list;
    if (!listed && !repeats) timer.list = this.#listOf(delayMs);
    this.#add(timer, timer.list);
    if ((timer.state & NUMBERED) !== 0) this.numbers.of(timer);
  }

  /** Cancels a timer; one that does not wait is left alone. */
  clear(timer: Timer): void {
    if (!timer.active) return;
    this.#remove(timer);
    if ((timer.state & NUMBERED) !== 0) this.numbers.ended(timer);
    if ((timer.state & REFERENCED) !== 0) this.owner.release();
    else this.owner.lifeChanged();
  }

  clearAll(): void {
    for (const timer of this.#slots.timers) if (timer !== undefined) this.clear(timer);
    this.#trim();
  }

  /** When the next timer is due, Infinity: never. Asked once a turn. */
  get nextDueMs(): number {
    if (this.#trims) this.#trim();
    return this.#first()?.dueMs ?? NEVER;
  }

  /** The order that the next timer to start will have: where a phase's work ends. */
  get nextOrder(): number {
    return this.#nextOrder;
  }

  /**
   * Takes the next timer that is due and was started before `order`; a repeating one
   * starts again. Undefined when there is none.
   */
  takeDue(nowMs: number, order: number): Timer | undefined {
    const list = this.#first();
    if (list === undefined || list.dueMs > nowMs || list.order >= order) return undefined;
    const timer = this.#slots.timers[list.first] as Timer;
    const { dueMs } = list;
    this.lateMs = nowMs - dueMs;
    if (list.repeats) {
      list.dueMs = nextOnGrid(dueMs, list.delayMs, nowMs);
      list.order = this.#nextOrder++;
      this.#slots.setDue(list.first, list.dueMs, list.order);
      this.#heap.firstGrew();
      return timer;
    }
    this.#remove(timer);
    if ((timer.state & NUMBERED) !== 0) this.numbers.ended(timer);
    if ((timer.state & REFERENCED) !== 0) this.owner.release();
    return timer;
  }

  /** The list whose first timer is the next, its key exact. Empty lists are taken out. */
  #first(): DelayList | undefined {
    for (;;) {
      const list = this.#heap.first;
      if (list === undefined) return undefined;
      if (list.first === NONE) {
        this.#heap.dropFirst();
        continue;
      }
      const order = this.#slots.orderOf(list.first);
      if (order === list.order) return list;
      // Its first was cleared or fired: what the heap went by was a lower bound.
      list.dueMs = this.#slots.dueMsOf(list.first);
      list.order = order;
      this.#heap.firstGrew();
    }
  }

  /** It waits from now on. */
  #add(timer: Timer, list: DelayList): void {
    const dueMs = this.#clock() + list.delayMs;
    const order = this.#nextOrder++;
    this.#slots.append(timer, list, dueMs, order);
    if (!list.listed) {
      list.dueMs = dueMs;
      list.order = order;
      this.#heap.push(list);
    }
    this.owner.timerStarted(dueMs);
  }

  #remove(timer: Timer): void {
    this.#slots.remove(timer);
    if (!this.#slots.sparse || this.#trims) return;
    // Not at once: a program that starts many timers at a time may do so again.
    this.#trims = true;
    this.owner.timerStarted(this.#clock() + TRIM_MS);
  }

  #listOf(delayMs: number): DelayList {
    const last = this.#lastList;
    if (last !== undefined && last.delayMs === delayMs) return last;
    let list = this.#lists.get(delayMs);
    if (list === undefined) {
      list = this.#newList(delayMs, false);
      this.#lists.set(delayMs, list);
    }
    this.#lastList = list;
    return list;
  }

  #newList(delayMs: number, repeats: boolean): DelayList {
    if (this.#sparedLists-- === 0) this.#dropEmptyLists();
    return new DelayList(this, delayMs, repeats);
  }

  /** Looks at every list: as seldom as there are many. */
  #dropEmptyLists(): void {
    for (const [delayMs, { first }] of this.#lists) {
      if (first === NONE) this.#lists.delete(delayMs);
    }
    this.#lastList = undefined;
    this.#heap.dropEmpty();
    this.#sparedLists = Math.max(KEPT_LISTS, this.#heap.size);
  }

  /** Gives back the memory of what many timers needed. */
  #trim(): void {
    this.#trims = false;
    this.#slots.trim();
    this.#dropEmptyLists();
  }
}

/** When a repeating timer is due next: on the grid of its start, past now. */
function nextOnGrid(dueMs: number, delayMs: number, nowMs: number): number {
  if (delayMs < MIN_GRID_MS) return nowMs;
  const missed = Math.floor((nowMs - dueMs) / delayMs);
  return dueMs + (missed + 1) * delayMs;
}
