// The numbers that stand for timers: `+timer` gives one, clearTimeout takes it. A number
// is known while its timer waits, and is no other timer's, in whatever loop.
import { NUMBERED, type Timer } from './timer.js';

let nextNumber = 1;

export class TimerNumbers {
  readonly #waiting = new Map<number, Timer>();

  /** The number of `timer`. */
  of(timer: Timer): number {
    timer.number ??= nextNumber++;
    timer.state |= NUMBERED;
    if (timer.active) this.#waiting.set(timer.number, timer);
    return timer.number;
  }

  /** The timer of a number, or of one in decimal digits, while it waits. */
  find(number: number | string): Timer | undefined {
    const found = Number(number);
    return typeof number === 'number' || String(found) === number
      ? this.#waiting.get(found)
      : undefined;
  }

  /** A timer that has a number waits no more. */
  ended(timer: Timer): void {
    this.#waiting.delete(timer.number as number);
  }
}
