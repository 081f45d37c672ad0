// Where waiting timers stand: a slot each, in typed arrays, with the links of the list
// that it belongs to. The arrays grow by doubling, and shrink by `trim`.
import { NONE, type Timer } from './timer.js';

const FIRST_SLOTS = 64;
/** Tables of this length are kept, however few slots are used: 130 KB. */
const KEPT_SLOTS = 4096;
/** Tables of which less than one part of so many is used are too long. */
const SPARSE = 16;

export class TimerSlots {
  /** By slot. */
  timers: (Timer | undefined)[] = [];
  /** How many have a timer. */
  used = 0;
  #dueMs = new Float64Array(FIRST_SLOTS);
  /** Orders timers that are due at the same time. */
  #order = new Float64Array(FIRST_SLOTS);
  #next = new Int32Array(FIRST_SLOTS);
  #previous = new Int32Array(FIRST_SLOTS);
  #firstFree = NONE;
  /** With fewer in use, the tables are too long. */
  #sparseBelow = 0;

  dueMsOf(slot: number): number {
    return this.#dueMs[slot] as number;
  }

  orderOf(slot: number): number {
    return this.#order[slot] as number;
  }

  setDue(slot: number, dueMs: number, order: number): void {
    this.#dueMs[slot] = dueMs;
    this.#order[slot] = order;
  }

  /** Gives `timer` a slot, at the end of its list. */
  append(timer: Timer, dueMs: number, order: number): void {
    let slot = this.#firstFree;
    if (slot === NONE) slot = this.#newSlot();
    else this.#firstFree = this.#next[slot] as number;
    const { list } = timer;
    const { last } = list;
    this.#dueMs[slot] = dueMs;
    this.#order[slot] = order;
    this.#next[slot] = NONE;
    this.#previous[slot] = last;
    if (last === NONE) list.first = slot;
    else this.#next[last] = slot;
    list.last = slot;
    this.timers[slot] = timer;
    timer.slot = slot;
    this.used++;
  }

  /** Takes `timer` out of its list. */
  remove(timer: Timer): void {
    const { slot, list } = timer;
    const previous = this.#previous[slot] as number;
    const next = this.#next[slot] as number;
    if (previous >= 0) this.#next[previous] = next;
    else list.first = next;
    if (next >= 0) this.#previous[next] = previous;
    else list.last = previous;
    this.timers[slot] = undefined;
    this.#next[slot] = this.#firstFree;
    this.#firstFree = slot;
    timer.slot = NONE;
    this.used--;
  }

  /** Whether `trim` would give memory back. */
  get sparse(): boolean {
    return this.used < this.#sparseBelow;
  }

  /** Gives back the memory of slots that are free, if they are many. */
  trim(): void {
    let length = this.#dueMs.length;
    while (length > KEPT_SLOTS && this.used < length / SPARSE) length /= 2;
    if (length < this.#dueMs.length) this.#resize(length);
  }

  #newSlot(): number {
    const slot = this.timers.length;
    if (slot === this.#dueMs.length) this.#resize(slot * 2);
    return slot;
  }

  #resize(length: number): void {
    const [dueMs, order] = [this.#dueMs, this.#order];
    const [next, previous] = [this.#next, this.#previous];
    this.#dueMs = new Float64Array(length);
    this.#order = new Float64Array(length);
    this.#next = new Int32Array(length);
    this.#previous = new Int32Array(length);
    this.#sparseBelow = length > KEPT_SLOTS ? length / SPARSE : 0;
    if (length < dueMs.length) {
      this.#moveTogether(dueMs, order, next, previous);
      return;
    }
    this.#dueMs.set(dueMs);
    this.#order.set(order);
    this.#next.set(next);
    this.#previous.set(previous);
  }

  #moveTogether(
    dueMs: Float64Array,
    order: Float64Array,
    next: Int32Array,
    previous: Int32Array,
  ): void {
    const timers: Timer[] = [];
    const moved = new Int32Array(dueMs.length);
    for (let slot = 0; timers.length < this.used; slot++) {
      const timer = this.timers[slot];
      if (timer === undefined) continue;
      moved[slot] = timers.length;
      timers.push(timer);
    }
    for (let to = 0; to < timers.length; to++) {
      const timer = timers[to] as Timer;
      const { slot, list } = timer;
      const before = previous[slot] as number;
      const after = next[slot] as number;
      this.#dueMs[to] = dueMs[slot] as number;
      this.#order[to] = order[slot] as number;
      this.#previous[to] = before === NONE ? NONE : (moved[before] as number);
      this.#next[to] = after === NONE ? NONE : (moved[after] as number);
      if (before === NONE) list.first = to;
      if (after === NONE) list.last = to;
      timer.slot = to;
    }
    this.timers = timers;
    this.#firstFree = NONE;
  }
}
