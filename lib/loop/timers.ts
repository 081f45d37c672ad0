// The waiting timers of a loop. Timers of one delay fall due in the order in which
// they start, so each delay has a list that grows at its end, and a heap holds the
// lists by when their first is due: starting and clearing a timer touch neither the
// heap nor a timer far away. Links and times stand in typed arrays, where they cost
// the collector nothing. `npm run bench -- timers` compares this with a heap.
import { invalidType, loopClosed, outOfRange } from './errors.js';
import { REFERENCED, Timer, type TimerCallback } from './timer.js';

const MAX_DELAY_MS = 2 ** 53;
const NEVER = Number.POSITIVE_INFINITY;
const NONE = -1;
const FIRST_SLOTS = 64;
/** Below the clock's resolution, a nanosecond, an interval has no grid to keep. */
const MIN_GRID_MS = 1e-6;

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
 * The timers of one delay, by when they are due. Repeating ones have lists of their
 * own. A timer knows its list and nothing else of itself: a small timer is a cheap one.
 */
export class DelayList {
  readonly timers: Timers;
  readonly delayMs: number;
  readonly repeats: boolean;
  first = NONE;
  last = NONE;
  /** When its first is due, or earlier, and that one's order: what the heap goes by. */
  dueMs = NEVER;
  order = 0;
  /** Whether it stands in the heap; an empty list leaves it. */
  listed = false;

  constructor(timers: Timers, delayMs: number, repeats: boolean) {
    this.timers = timers;
    this.delayMs = delayMs;
    this.repeats = repeats;
  }
}

/** What a list is found by. */
function keyOf(delayMs: number, repeats: boolean): number {
  return repeats ? -1 - delayMs : delayMs;
}

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

export class Timers {
  /** @internal */ readonly owner: TimerOwner;
  readonly #clock: Clock;
  readonly #lists = new Map<number, DelayList>();
  /** The lists, a binary heap. */
  readonly #heap: DelayList[] = [];
  readonly #byNumber = new Map<number, Timer>();
  readonly #numbers = new WeakMap<Timer, number>();
  #nextNumber = 1;
  /** By how much the timer taken last was overdue. */
  lateMs = 0;
  #nextOrder = 0;
  /** How many wait. */
  size = 0;

  // By slot.
  readonly #timers: (Timer | undefined)[] = [];
  #dueMs = new Float64Array(FIRST_SLOTS);
  /** Orders timers that are due at the same time. */
  #order = new Float64Array(FIRST_SLOTS);
  #next = new Int32Array(FIRST_SLOTS);
  #previous = new Int32Array(FIRST_SLOTS);
  #firstFree = NONE;

  constructor(owner: TimerOwner, clock: Clock) {
    this.owner = owner;
    this.#clock = clock;
  }

  /** Starts a timer. @throws TypeError, RangeError; Error ERR_LOOP_CLOSED */
  start(callback: TimerCallback, ms: number, repeats: boolean): Timer {
    const delayMs = checkDelay(ms);
    if (this.owner.closed) throw loopClosed();
    const timer = new Timer(this.#listOf(delayMs, repeats), callback);
    const dueMs = this.#clock() + delayMs;
    this.#add(timer, dueMs);
    this.owner.retain();
    this.owner.timerStarted(dueMs);
    return timer;
  }

  refresh(timer: Timer): void {
    if (this.owner.closed) throw loopClosed();
    if (timer.active) this.#remove(timer);
    else if ((timer.state & REFERENCED) !== 0) this.owner.retain();
    const { delayMs, repeats } = timer.list;
    if (!timer.list.listed) timer.list = this.#listOf(delayMs, repeats);
    const dueMs = this.#clock() + delayMs;
    this.#add(timer, dueMs);
    this.owner.timerStarted(dueMs);
  }

  /** Cancels a timer; one that does not wait is left alone. */
  clear(timer: Timer): void {
    if (!timer.active) return;
    this.#remove(timer);
    if (this.#byNumber.size > 0) this.#forget(timer);
    if ((timer.state & REFERENCED) !== 0) this.owner.release();
    else this.owner.lifeChanged();
  }

  clearAll(): void {
    for (const timer of this.#timers) if (timer !== undefined) this.clear(timer);
  }

  /** The timer that `numberOf` gave this number, while it waits. */
  withNumber(number: number): Timer | undefined {
    return this.#byNumber.get(number);
  }

  numberOf(timer: Timer): number {
    let number = this.#numbers.get(timer);
    if (number === undefined) {
      number = this.#nextNumber++;
      this.#numbers.set(timer, number);
    }
    if (timer.active) this.#byNumber.set(number, timer);
    return number;
  }

  /** When the next timer is due, Infinity: never. */
  get nextDueMs(): number {
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
    const timer = this.#timers[list.first] as Timer;
    const { dueMs } = list;
    this.lateMs = nowMs - dueMs;
    this.#remove(timer);
    if (list.repeats) {
      this.#add(timer, nextOnGrid(dueMs, list.delayMs, nowMs));
      return timer;
    }
    if (this.#byNumber.size > 0) this.#forget(timer);
    if ((timer.state & REFERENCED) !== 0) this.owner.release();
    return timer;
  }

  /** The list whose first timer is the next, its key exact. Empty lists are dropped. */
  #first(): DelayList | undefined {
    for (;;) {
      const list = this.#heap[0];
      if (list === undefined) return undefined;
      if (list.first === NONE) {
        this.#lists.delete(keyOf(list.delayMs, list.repeats));
        list.listed = false;
        const last = this.#heap.pop() as DelayList;
        if (last !== list) this.#heap[0] = last;
        if (this.#heap.length > 0) this.#siftDown();
        continue;
      }
      const order = this.#order[list.first] as number;
      if (order === list.order) return list;
      // Its first was cleared or fired: what the heap went by was a lower bound.
      list.dueMs = this.#dueMs[list.first] as number;
      list.order = order;
      this.#siftDown();
    }
  }

  #add(timer: Timer, dueMs: number): void {
    let slot = this.#firstFree;
    if (slot === NONE) slot = this.#newSlot();
    else this.#firstFree = this.#next[slot] as number;
    const { list } = timer;
    if (!list.listed) this.#enlist(list, dueMs);
    // At the end, but for a repeating timer that comes late, behind which others of
    // its delay are due later: a few steps.
    let previous = list.last;
    while (previous !== NONE && (this.#dueMs[previous] as number) > dueMs) {
      previous = this.#previous[previous] as number;
    }
    const next = previous === NONE ? list.first : (this.#next[previous] as number);
    this.#dueMs[slot] = dueMs;
    this.#order[slot] = this.#nextOrder++;
    this.#next[slot] = next;
    this.#previous[slot] = previous;
    if (previous === NONE) list.first = slot;
    else this.#next[previous] = slot;
    if (next === NONE) list.last = slot;
    else this.#previous[next] = slot;
    this.#timers[slot] = timer;
    timer.slot = slot;
    this.size++;
  }

  #remove(timer: Timer): void {
    const { slot, list } = timer;
    const previous = this.#previous[slot] as number;
    const next = this.#next[slot] as number;
    if (previous >= 0 && next >= 0) {
      this.#next[previous] = next;
      this.#previous[next] = previous;
    } else {
      if (previous >= 0) this.#next[previous] = next;
      else list.first = next;
      if (next >= 0) this.#previous[next] = previous;
      else list.last = previous;
    }
    this.#timers[slot] = undefined;
    this.#next[slot] = this.#firstFree;
    this.#firstFree = slot;
    timer.slot = NONE;
    this.size--;
  }

  #forget(timer: Timer): void {
    const number = this.#numbers.get(timer);
    if (number !== undefined) this.#byNumber.delete(number);
  }

  #newSlot(): number {
    const slot = this.#timers.length;
    if (slot === this.#dueMs.length) {
      this.#dueMs = grown(this.#dueMs, new Float64Array(slot * 2));
      this.#order = grown(this.#order, new Float64Array(slot * 2));
      this.#next = grown(this.#next, new Int32Array(slot * 2));
      this.#previous = grown(this.#previous, new Int32Array(slot * 2));
    }
    return slot;
  }

  #listOf(delayMs: number, repeats: boolean): DelayList {
    const key = keyOf(delayMs, repeats);
    let list = this.#lists.get(key);
    if (list === undefined) {
      list = new DelayList(this, delayMs, repeats);
      this.#lists.set(key, list);
    }
    return list;
  }

  /** Its first timer comes, due at `dueMs`. */
  #enlist(list: DelayList, dueMs: number): void {
    list.dueMs = dueMs;
    list.order = this.#nextOrder;
    list.listed = true;
    this.#heap.push(list);
    this.#siftUp(list);
  }

  #siftUp(list: DelayList): void {
    const heap = this.#heap;
    let index = heap.length - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (!isBefore(list, heap[above] as DelayList)) break;
      heap[index] = heap[above] as DelayList;
      index = above;
    }
    heap[index] = list;
  }

  /** Moves the first list of the heap to where it belongs. */
  #siftDown(): void {
    const heap = this.#heap;
    const list = heap[0] as DelayList;
    let index = 0;
    for (;;) {
      let below = index * 2 + 1;
      if (below >= heap.length) break;
      const other = heap[below + 1];
      if (other !== undefined && isBefore(other, heap[below] as DelayList)) below++;
      if (!isBefore(heap[below] as DelayList, list)) break;
      heap[index] = heap[below] as DelayList;
      index = below;
    }
    heap[index] = list;
  }
}

function isBefore(a: DelayList, b: DelayList): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

/** When a repeating timer is due next: on the grid of its start, past now. */
function nextOnGrid(dueMs: number, delayMs: number, nowMs: number): number {
  if (delayMs < MIN_GRID_MS) return nowMs;
  const missed = Math.floor((nowMs - dueMs) / delayMs);
  return dueMs + (missed + 1) * delayMs;
}

function grown<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
