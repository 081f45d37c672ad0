// Repeating timers, with a clock that the test moves: on the grid of their start, no
// drift, and no pile of calls after a stall.
import { describe, expect, it } from 'vitest';
import { newSeed, randomFrom } from '../../support/bytes.js';
import { run } from '../../support/drive.js';
import { newLoop, stall } from '../support.js';
import { ClockedTimers } from './timers-support.js';

describe('an interval', () => {
  it('fires on the grid of its start', () => {
    const clocked = new ClockedTimers();
    clocked.every(10);
    expect(clocked.fireTimes(5)).toEqual([1010, 1020, 1030, 1040, 1050]);
  });

  it('does not drift when every call comes late', () => {
    const clocked = new ClockedTimers();
    clocked.every(10);
    for (let i = 1; i <= 10_000; i++) {
      expect(clocked.phase(1000 + i * 10 + 3.25)).toHaveLength(1);
      expect(clocked.timers.nextDueMs).toBe(1000 + (i + 1) * 10);
    }
  });

  it('calls once after a stall of many periods, then goes on with its grid', () => {
    const clocked = new ClockedTimers();
    clocked.every(10);
    expect(clocked.phase(1275)).toHaveLength(1);
    expect(clocked.phase(1279.9)).toHaveLength(0);
    expect(clocked.timers.nextDueMs).toBe(1280);
    expect(clocked.phase(1280)).toHaveLength(1);
    expect(clocked.timers.nextDueMs).toBe(1290);
  });

  it('that stalled for exactly some periods is next due a full period later', () => {
    const clocked = new ClockedTimers();
    clocked.every(10);
    expect(clocked.phase(1050)).toHaveLength(1);
    expect(clocked.timers.nextDueMs).toBe(1060);
  });

  it('of no delay fires once a phase, for ever', () => {
    const clocked = new ClockedTimers();
    clocked.every(0);
    for (let i = 0; i < 100; i++) expect(clocked.phase(1000 + i / 8)).toHaveLength(1);
    for (let i = 0; i < 100; i++) expect(clocked.phase(2000)).toHaveLength(1);
  });

  it.each([Number.MIN_VALUE, 1e-300, 1e-17, 1e-7, 1e-6])(
    'of %d ms goes on, as one of no delay',
    (delayMs) => {
      const clocked = new ClockedTimers();
      clocked.every(delayMs);
      for (let i = 1; i <= 1000; i++) {
        expect(clocked.phase(1000 + i)).toHaveLength(1);
        expect(clocked.timers.nextDueMs).toBeLessThan(1000 + i + 1);
      }
    },
  );

  it('that is refreshed has a new grid', () => {
    const clocked = new ClockedTimers();
    const interval = clocked.every(10);
    clocked.nowMs = 1004;
    interval.refresh();
    expect(clocked.fireTimes(2)).toEqual([1014, 1024]);
  });

  it('keeps its order among others of its delay, late or not', () => {
    const seed = newSeed();
    const random = randomFrom(seed);
    const clocked = new ClockedTimers();
    for (let i = 0; i < 30; i++) {
      clocked.every(20);
      clocked.nowMs += random(16) / 4;
    }
    for (let i = 0; i < 500; i++) {
      clocked.nowMs += random(120) / 4;
      clocked.phase();
      // What is left is due later, and every one of them within a period.
      expect(clocked.timers.nextDueMs, `RAWLOOP_SEED=${seed}`).toBeGreaterThan(clocked.nowMs);
      expect(clocked.timers.nextDueMs, `RAWLOOP_SEED=${seed}`).toBeLessThanOrEqual(
        clocked.nowMs + 20,
      );
      expect(clocked.referenced).toBe(30);
    }
    expect(new Set(clocked.phase(clocked.nowMs + 20)).size).toBe(30);
  });
});

describe('an interval in a loop', () => {
  it('is never early, and ends when it is cleared from within', async () => {
    const loop = newLoop();
    const startMs = performance.now();
    const seen: number[] = [];
    const interval = loop.setInterval(() => {
      seen.push(performance.now() - startMs);
      if (seen.length === 10) loop.clearInterval(interval);
    }, 3);
    expect(await run(loop)).toBe(false);
    expect(seen).toHaveLength(10);
    seen.forEach((ms, i) => {
      expect(ms).toBeGreaterThanOrEqual((i + 1) * 3);
    });
  });

  it('does not pile up while a callback stalls the loop', async () => {
    const loop = newLoop();
    let duringStall = 0;
    const interval = loop.setInterval(() => duringStall++, 2);
    loop.setTimeout(() => {
      stall(60);
      duringStall = 0;
      // All that a pile would run comes before this.
      loop.setImmediate(() => {
        expect(duringStall).toBeLessThanOrEqual(1);
        interval.close();
      });
    });
    await run(loop);
  });

  it('gets its arguments each time', async () => {
    const loop = newLoop();
    const log: unknown[] = [];
    const interval = loop.setInterval(
      (...args: unknown[]) => {
        if (log.push(args) === 3) interval.close();
      },
      0,
      'a',
      1,
    );
    await run(loop);
    expect(log).toEqual([
      ['a', 1],
      ['a', 1],
      ['a', 1],
    ]);
  });
});
