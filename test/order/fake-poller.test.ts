// The order needs neither a kernel nor a clock: on a poller that reports whatever it
// was given, and a clock that moves only while the loop waits, the script of all kinds
// gives the model's sequence, and waits are as long as the timers say, to the digit.
//
// When timers that start in the timers phase run in it, only the first test here sees it:
// a real clock has always moved on. When a wait is counted from the start of the
// iteration, a callback that takes long delays the next timer by as much again.
import { describe, expect, it } from 'vitest';
import { run } from '../support/drive.js';
import { fakeLoop } from '../support/fake-poller.js';
import { expectedOrder } from './model.js';
import { DEPTH, logOrder } from './script.js';

describe('on a fake poller with a fake clock', () => {
  it('the order of all kinds of callbacks, three deep, is that of the model', async () => {
    const { loop, poller, time } = fakeLoop();
    let next = 3;
    let log: string[] = [];
    logOrder(loop, { open: () => next++, close: () => {} }, DEPTH, (whole) => {
      log = whole;
    });
    await run(loop);
    expect(log).toEqual(expectedOrder(DEPTH));
    expect(time.nowMs).toBe(0);
    expect(poller.waitsMs).toEqual([]);
    loop.close();
    expect(poller.closed).toBe(true);
  });

  it('the loop waits for its next timer, exactly as long as is left', async () => {
    const { loop, poller, time } = fakeLoop();
    const log: [string, number][] = [];
    const note = (name: string) => () => log.push([name, time.nowMs]);
    loop.setTimeout(note('late'), 10.25);
    loop.setTimeout(note('early'), 2.5);
    loop.setTimeout(note('as late'), 10.25);
    const interval = loop.setInterval(() => {
      note('interval')();
      if (time.nowMs === 8) interval.close();
    }, 4);
    await run(loop);
    expect(poller.waitsMs).toEqual([2.5, 1.5, 4, 2.25]);
    expect(log).toEqual([
      ['early', 2.5],
      ['interval', 4],
      ['interval', 8],
      ['late', 10.25],
      ['as late', 10.25],
    ]);
  });

  it('a callback that takes long delays timers, and an interval skips what it missed', async () => {
    const { loop, poller, time } = fakeLoop();
    const ranMs: number[] = [];
    const interval = loop.setInterval(() => {
      ranMs.push(time.nowMs);
      if (ranMs.length === 1) time.nowMs += 25;
      if (ranMs.length === 3) interval.close();
    }, 10);
    await run(loop);
    expect(ranMs).toEqual([10, 35, 40]);
    expect(poller.waitsMs).toEqual([10, 5]);
  });

  it.each([2 ** 31, 2 ** 40, 2 ** 53])('a delay of %d ms is one wait', async (delayMs) => {
    const { loop, poller, time } = fakeLoop();
    const firedMs: number[] = [];
    loop.setTimeout(() => firedMs.push(time.nowMs), delayMs);
    await run(loop);
    expect(firedMs).toEqual([delayMs]);
    expect(poller.waitsMs).toEqual([delayMs]);
  });

  it('the loop waits for ever only while something without a time is referenced', async () => {
    const { loop, poller } = fakeLoop();
    const hook = loop.prepare(() => {});
    await expect(run(loop)).rejects.toThrow('nothing would ever end this wait');
    hook.unref();
    await run(loop, 'once');
    expect(poller.waitsMs).toEqual([-1]);
  });
});
