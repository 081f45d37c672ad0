// An interval in a loop whose clock the test moves: waits that end late and callbacks
// that take long do not make it drift, a stall does not make its calls pile up, and no
// call is early. bench/interval.mjs measures the same on a real clock.
//
// When the next call counts from the one before, all three tests fail, by hundreds of
// milliseconds; when missed calls are made up for, the third has a pile.
import { describe, expect, it } from 'vitest';
import { newSeed, randomFrom } from '../../support/bytes.js';
import { run } from '../../support/drive.js';
import { fakeLoop } from '../../support/fake-poller.js';

const PERIOD_MS = 10;
const TICKS = 1000;

interface Conditions {
  /** How late each wait ends. */
  lateMs?: () => number;
  /** How long call `n` takes, from 1 on. */
  takesMs?: (n: number) => number;
}

/** When an interval of PERIOD_MS is called, TICKS times. */
async function callsMs({ lateMs, takesMs }: Conditions): Promise<number[]> {
  const { loop, poller, time } = fakeLoop();
  if (lateMs !== undefined) poller.lateMs = lateMs;
  const calls: number[] = [];
  const interval = loop.setInterval(() => {
    const n = calls.push(time.nowMs);
    if (n === TICKS) interval.close();
    time.nowMs += takesMs?.(n) ?? 0;
  }, PERIOD_MS);
  await run(loop);
  loop.close();
  return calls;
}

/** How far each call is behind its place on the grid; negative: early. */
const behindMs = (calls: number[]) => calls.map((ms, index) => ms - (index + 1) * PERIOD_MS);

describe('an interval of 10 ms, a thousand times', () => {
  it('has no drift when every wait ends late by another bit', async () => {
    const random = randomFrom(newSeed());
    const behind = behindMs(await callsMs({ lateMs: () => random(9900) / 1000 }));
    expect(Math.min(...behind)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...behind)).toBeLessThan(9.9);
  });

  it('has no drift when every call takes long', async () => {
    const behind = behindMs(await callsMs({ lateMs: () => 0.5, takesMs: () => 9 }));
    expect(behind).toEqual(behind.map(() => 0.5));
  });

  it('has one call after each stall, then is on its grid again', async () => {
    // Calls 100, 200, ... take nine periods and a half.
    const calls = await callsMs({ takesMs: (n) => (n % 100 === 0 ? 95 : 0) });
    const gapsMs = calls.slice(1).map((ms, index) => ms - (calls[index] as number));
    const stalls = TICKS / 100 - 1;
    expect(gapsMs.filter((ms) => ms === 95)).toHaveLength(stalls);
    // Half a period later, the next one of the grid.
    expect(gapsMs.filter((ms) => ms === 5)).toHaveLength(stalls);
    expect(gapsMs.filter((ms) => ms === PERIOD_MS)).toHaveLength(TICKS - 1 - 2 * stalls);
    expect(calls.at(-1)).toBe((TICKS + stalls * 9 - stalls) * PERIOD_MS);
  });
});
