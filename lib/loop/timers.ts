// Timers: a four-ary heap ordered by due time, then by start order, so that ties
// fire in the order in which they were started.
import { invalidType, outOfRange } from './errors.js';
import type { LoopCore } from './core.js';

export type TimerCallback = (...args: never[]) => void;

const MAX_DELAY_MS = 2 ** 53;
const NOT_QUEUED = -1;

/** One timer: what setTimeout and setInterval return. */
export class Timer {
  readonly #loop: LoopCore;
  /** @internal */ readonly callback: TimerCallback;
  /** @internal */ readonly args: readonly unknown[] | undefined;
  /** @internal */ readonly delayMs: number;
  /** @internal */ readonly repeats: boolean;
  /** @internal */ readonly id: number;
  /** @internal */ dueMs = 0;
  /** @internal Orders timers that are due at the same time. */ order = 0;
  /** @internal */ heapIndex = NOT_QUEUED;
  /** @internal */ referenced = true;

  /** @internal */
  constructor(
    loop: LoopCore,
    id: number,
    callback: TimerCallback,
    delayMs: number,
    repeats: boolean,
    args: readonly unknown[] | undefined,
  ) {
    this.#loop = loop;
    this.id = id;
    this.callback = callback;
    this.delayMs = delayMs;
    this.repeats = repeats;
    this.args = args;
  }

  /** True while it waits to fire. */
  get active(): boolean {
    return this.heapIndex !== NOT_QUEUED;
  }

  /** Lets this timer keep the loop alive. Idempotent. */
  ref(): this {
    if (this.referenced) return this;
    this.referenced = true;
    if (this.active) this.#loop.retain();
    return this;
  }

  /** Lets the loop end although this timer waits. Idempotent. */
  unref(): this {
    if (!this.referenced) return this;
    this.referenced = false;
    if (this.active) this.#loop.release();
    return this;
  }

  hasRef(): boolean {
    return this.referenced;
  }

  /** Starts its delay anew from now, also after it fired. */
  refresh(): this {
    this.#loop.refreshTimer(this);
    return this;
  }

  /** Cancels it. */
  close(): this {
    this.#loop.clearTimeout(this);
    return this;
  }

  /** A number that clearTimeout takes as well. */
  [Symbol.toPrimitive](): number {
    return this.#loop.rememberTimer(this);
  }

  [Symbol.dispose](): void {
    this.close();
  }
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

function isBefore(a: Timer, b: Timer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

/** The waiting timers of a loop. */
export class TimerQueue {
  readonly #heap: Timer[] = [];
  #nextOrder = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** When the next timer is due, Infinity: never. */
  get nextDueMs(): number {
    return this.#heap[0]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  /** The order that the next timer to start will have. */
  get nextOrder(): number {
    return this.#nextOrder;
  }

  add(timer: Timer, dueMs: number): void {
    timer.dueMs = dueMs;
    timer.order = this.#nextOrder++;
    timer.heapIndex = this.#heap.length;
    this.#heap.push(timer);
    this.#siftUp(timer);
  }

  remove(timer: Timer): void {
    const index = timer.heapIndex;
    const last = this.#heap.pop() as Timer;
    timer.heapIndex = NOT_QUEUED;
    if (last === timer) return;
    last.heapIndex = index;
    this.#heap[index] = last;
    this.#siftUp(last);
    this.#siftDown(last);
  }

  /** The next timer that is due at `nowMs` and was started before `order`. */
  firstDue(nowMs: number, order: number): Timer | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.dueMs > nowMs || first.order >= order) return undefined;
    return first;
  }

  #siftUp(timer: Timer): void {
    const heap = this.#heap;
    let index = timer.heapIndex;
    while (index > 0) {
      const parentIndex = (index - 1) >> 2;
      const parent = heap[parentIndex] as Timer;
      if (!isBefore(timer, parent)) break;
      heap[index] = parent;
      parent.heapIndex = index;
      index = parentIndex;
    }
    heap[index] = timer;
    timer.heapIndex = index;
  }

  #siftDown(timer: Timer): void {
    const heap = this.#heap;
    let index = timer.heapIndex;
    for (;;) {
      const firstChild = index * 4 + 1;
      if (firstChild >= heap.length) break;
      let bestIndex = firstChild;
      let best = heap[firstChild] as Timer;
      const end = Math.min(firstChild + 4, heap.length);
      for (let i = firstChild + 1; i < end; i++) {
        const child = heap[i] as Timer;
        if (isBefore(child, best)) {
          best = child;
          bestIndex = i;
        }
      }
      if (!isBefore(best, timer)) break;
      heap[index] = best;
      best.heapIndex = index;
      index = bestIndex;
    }
    heap[index] = timer;
    timer.heapIndex = index;
  }
}
