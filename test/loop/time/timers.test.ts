// The table of waiting timers: by due time, then in the order in which they started.
import { describe, expect, it } from 'vitest';
import type { Timer } from '../../../lib/loop/time/timer.js';
import { newSeed, randomFrom } from '../../support/bytes.js';
import { thrownBy } from '../support.js';
import { ClockedTimers } from './timers-support.js';

const NEVER = Number.POSITIVE_INFINITY;

describe('the timers', () => {
  it('know when the next is due, or that none is', () => {
    const clocked = new ClockedTimers();
    expect(clocked.timers.nextDueMs).toBe(NEVER);
    expect(clocked.phase(1e9)).toEqual([]);
    clocked.nowMs = 1000;
    for (const ms of [30, 10.5, 20]) clocked.after(ms);
    expect(clocked.timers.nextDueMs).toBe(1010.5);
  });

  it('fire by due time, whatever the order of their starts', () => {
    const clocked = new ClockedTimers();
    const timers = new Map([5, 3, 9, 1, 7].map((ms) => [clocked.after(ms), ms]));
    expect(clocked.phase(2000).map((timer) => timers.get(timer))).toEqual([1, 3, 5, 7, 9]);
  });

  it('that are due together fire in the order in which they were started', () => {
    const clocked = new ClockedTimers();
    // Of several delays, and some that repeat, all due at the same time.
    const timers: Timer[] = [];
    for (let delayMs = 50; delayMs > 0; delayMs--) {
      timers.push(delayMs % 3 === 0 ? clocked.every(delayMs) : clocked.after(delayMs));
      clocked.nowMs++;
    }
    expect(clocked.timers.nextDueMs).toBe(1050);
    expect(clocked.phase(1050)).toEqual(timers);
  });

  it('of one delay keep their order, a thousand of them', () => {
    const clocked = new ClockedTimers();
    const timers = Array.from({ length: 1000 }, () => clocked.after(7.5));
    expect(clocked.phase(1007.5)).toEqual(timers);
  });

  it('do not fire before they are due, not by the smallest fraction', () => {
    const clocked = new ClockedTimers();
    const timer = clocked.after(10.5);
    expect(clocked.phase(1010.4999999)).toEqual([]);
    expect(clocked.phase(1010.5)).toEqual([timer]);
    expect(timer.active).toBe(false);
  });

  it('that start during a phase wait for the next one', () => {
    const clocked = new ClockedTimers();
    const first = clocked.after(0);
    const order = clocked.timers.nextOrder;
    expect(clocked.timers.takeDue(1000, order)).toBe(first);
    const second = clocked.after(0);
    first.refresh();
    expect(clocked.timers.takeDue(1000, order)).toBeUndefined();
    expect(clocked.phase()).toEqual([second, first]);
  });

  it('are counted while they wait and are referenced', () => {
    const clocked = new ClockedTimers();
    const [a, b] = [clocked.after(1), clocked.every(1)];
    expect(clocked.referenced).toBe(2);
    a.unref().unref();
    expect(clocked.referenced).toBe(1);
    a.ref().ref();
    clocked.phase(2000);
    expect(clocked.referenced).toBe(1);
    b.close().close();
    expect(clocked.referenced).toBe(0);
    a.refresh();
    expect(clocked.referenced).toBe(1);
    clocked.timers.clearAll();
    expect([clocked.referenced, clocked.timers.nextDueMs]).toEqual([0, NEVER]);
  });

  it('tell their owner of each start, as it may be the next to fire', () => {
    const clocked = new ClockedTimers();
    const timer = clocked.after(5);
    timer.refresh();
    expect(clocked.started).toBe(2);
  });

  it('may be cleared at any place, and the others keep their order', () => {
    for (let index = 0; index < 40; index++) {
      const clocked = new ClockedTimers();
      const timers = Array.from({ length: 40 }, (_, i) => clocked.after((i * 17) % 8));
      timers[index]?.close();
      const delays = clocked.phase(2000).map(({ delayMs }) => delayMs);
      expect(delays).toEqual([...delays].sort((a, b) => a - b));
      expect(delays).toHaveLength(39);
    }
  });

  it('do not start once their owner is closed, and take no bad delay', () => {
    const clocked = new ClockedTimers();
    const timer = clocked.after(1);
    for (const ms of [-1, Number.NaN, NEVER, 2 ** 53 + 2]) {
      expect(thrownBy(() => clocked.after(ms))).toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
    }
    clocked.closed = true;
    expect(thrownBy(() => clocked.after(1))).toMatchObject({ code: 'ERR_LOOP_CLOSED' });
    expect(thrownBy(() => timer.refresh())).toMatchObject({ code: 'ERR_LOOP_CLOSED' });
    expect([clocked.referenced, timer.active]).toEqual([1, true]);
  });

  it('agree with a sorted list over random operations', () => {
    const seed = newSeed();
    const random = randomFrom(seed);
    const clocked = new ClockedTimers();
    /** Those that wait: when each is due, in the order of their starts. */
    const model = new Map<Timer, number>();
    const restart = (timer: Timer, dueMs: number) => {
      model.delete(timer);
      model.set(timer, dueMs);
    };
    const any = () => [...model.keys()][random(model.size)] as Timer;
    for (let i = 0; i < 8000; i++) {
      const what = random(10);
      const delayMs = random(3) === 0 ? random(2000) / 8 : random(5) * 10;
      if (what < 4) restart(clocked.after(delayMs), clocked.nowMs + delayMs);
      else if (what < 6 && model.size > 0) {
        const timer = any();
        timer.close();
        model.delete(timer);
      } else if (what < 7 && model.size > 0) {
        const timer = any();
        timer.refresh();
        restart(timer, clocked.nowMs + timer.delayMs);
      } else {
        clocked.nowMs += random(400) / 16;
        const due = [...model].filter(([, dueMs]) => dueMs <= clocked.nowMs);
        // A stable sort: ties stay in the order of their starts.
        due.sort(([, a], [, b]) => a - b);
        const fired = clocked.phase();
        expect(fired.length, `RAWLOOP_SEED=${seed}`).toBe(due.length);
        expect(
          fired.every((timer, j) => timer === due[j]?.[0]),
          `RAWLOOP_SEED=${seed}`,
        ).toBe(true);
        for (const timer of fired) model.delete(timer);
      }
      expect(clocked.timers.nextDueMs, `RAWLOOP_SEED=${seed}`).toBe(Math.min(...model.values()));
      expect(clocked.referenced, `RAWLOOP_SEED=${seed}`).toBe(model.size);
    }
  });
});
