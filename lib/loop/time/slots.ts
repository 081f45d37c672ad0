// Where waiting timers stand: a slot each, in typed arrays, with the links of the list
// that it belongs to. The arrays grow by doubling, and shrink by `trim`.
import { type DelayList, NONE, type Timer } from './timer.js';

const FIRST_SLOTS = 64;
/** Of loops that have had no timer yet. */
const NO_TIMES = new Float64Array(0);
const NO_LINKS = new Int32Array(0);
/** Tables of this length are kept, however few slots are used: 130 KB. */
const KEPT_SLOTS = 4096;
/** Tables of which less than one part of so many is used are too long. */
const SPARSE = 16;

export class TimerSlots {
  /** By slot. */
  timers: (Timer | undefined)[] = [];
  /** How many have a timer. */
  used = 0;
  /** By slot two numbers: when it is due, and what orders those that are due together. */
  #times = NO_TIMES;
  /** By slot two slots: the one before and the one behind it in its list. */
  #links = NO_LINKS;
  /** Free slots, each of which names the next in its second link. */
  #firstFree = NONE;
  /** With fewer in use, the tables are too long. */
  #sparseBelow = 0;

  dueMsOf(slot: number): number {
    return this.#times[slot * 2] as number;
  }

  orderOf(slot: number): number {
    return this.#times[slot * 2 + 1] as number;
  }

  setDue(slot: number, dueMs: number, order: number): void {
    this.#times[slot * 2] = dueMs;
    this.#times[slot * 2 + 1] = order;
  }

  /** Gives `timer` a slot, at the end of its list. */
  append(timer: Timer, list: DelayList, dueMs: number, order: number): void {
    let slot = this.#firstFree;
    if (slot === NONE) slot = this.#newSlot();
    else this.#firstFree = this.#links[slot * 2 + 1] as number;
    this.setDue(slot, dueMs, order);
    const links = this.#links;
    const { last } = list;
    links[slot * 2] = last;
    links[slot * 2 + 1] = NONE;
    if (last === NONE) list.first = slot;
    else links[last * 2 + 1] = slot;
    list.last = slot;
    this.timers[slot] = timer;
    timer.slot = slot;
    this.used++;
  }

  /** Takes `timer` out of its list. */
  remove(timer: Timer): void {
    const { slot, list } = timer;
    const links = this.#links;
    const previous = links[slot * 2] as number;
    const next = links[slot * 2 + 1] as number;
    if (previous === NONE) list.first = next;
    else links[previous * 2 + 1] = next;
    if (next === NONE) list.last = previous;
    else links[next * 2] = previous;
    this.timers[slot] = undefined;
    links[slot * 2 + 1] = this.#firstFree;
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
    const slots = this.#links.length / 2;
    let length = slots;
    while (length > KEPT_SLOTS && this.used < length / SPARSE) length /= 2;
    if (length < slots) this.#resize(length);
  }

  #newSlot(): number {
    const slot = this.timers.length;
    if (slot * 2 === this.#links.length) this.#resize(Math.max(FIRST_SLOTS, slot * 2));
    return slot;
  }

  #resize(length: number): void {
    const times = this.#times;
    const links = this.#links;
    this.#times = new Float64Array(length * 2);
    this.#links = new Int32Array(length * 2);
    this.#sparseBelow = length > KEPT_SLOTS ? length / SPARSE : 0;
    if (length * 2 < links.length) {
      this.#moveTogether(times, links);
      return;
    }
    this.#times.set(times);
    this.#links.set(links);
  }

  #moveTogether(times: Float64Array, links: Int32Array): void {
    const timers = this.timers.filter((timer) => timer !== undefined);
    const moved = new Int32Array(this.timers.length);
    for (const [to, timer] of timers.entries()) moved[timer.slot] = to;
    for (const [to, timer] of timers.entries()) {
      const { slot, list } = timer;
      const previous = links[slot * 2] as number;
      const next = links[slot * 2 + 1] as number;
      this.setDue(to, times[slot * 2] as number, times[slot * 2 + 1] as number);
      this.#links[to * 2] = previous === NONE ? NONE : (moved[previous] as number);
      this.#links[to * 2 + 1] = next === NONE ? NONE : (moved[next] as number);
      if (previous === NONE) list.first = to;
      if (next === NONE) list.last = to;
      timer.slot = to;
    }
    this.timers = timers;
    this.#firstFree = NONE;
  }
}
