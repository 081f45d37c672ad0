// The timers of a loop on their own, with a clock that the test moves.
import type { Timer } from '../../../lib/loop/time/timer.js';
import { type TimerOwner, Timers } from '../../../lib/loop/time/timers.js';

const ANY = Number.POSITIVE_INFINITY;

export class ClockedTimers implements TimerOwner {
  nowMs = 1000;
  closed = false;
  /** Referenced timers that wait. */
  referenced = 0;
  started = 0;
  readonly timers = new Timers(this, () => this.nowMs);

  retain(): void {
    this.referenced++;
  }
  release(): void {
    this.referenced--;
  }
  lifeChanged(): void {}

  timerStarted(): void {
    this.started++;
  }

  after(delayMs: number): Timer {
    return this.timers.start(() => {}, delayMs, false);
  }
  every(delayMs: number): Timer {
    return this.timers.start(() => {}, delayMs, true);
  }

  /** One timers phase at this time: what fires, in order. */
  phase(nowMs = this.nowMs): Timer[] {
    this.nowMs = nowMs;
    const order = this.timers.nextOrder;
    const fired: Timer[] = [];
    for (;;) {
      const timer = this.timers.takeDue(nowMs, order);
      if (timer === undefined) return fired;
      fired.push(timer);
    }
  }

  /** Jumps from one due time to the next until `count` timers fired: when each did. */
  fireTimes(count: number): number[] {
    const times: number[] = [];
    while (times.length < count) {
      const { nextDueMs } = this.timers;
      if (nextDueMs === ANY) return times;
      for (const _ of this.phase(Math.max(this.nowMs, nextDueMs))) times.push(this.nowMs);
    }
    return times;
  }
}
