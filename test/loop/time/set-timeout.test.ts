// setTimeout and setInterval as users call them: arguments, errors, and the life of
// the timer that they return.
import { describe, expect, it } from 'vitest';
import type { Timer } from '../../../lib/loop/time/timer.js';
import { newSeed, randomFrom } from '../../support/bytes.js';
import { run } from '../../support/drive.js';
import { newLoop, readableFd, stall, thrownBy } from '../support.js';

describe('setTimeout', () => {
  it('calls back once, with the arguments that it was given', async () => {
    const loop = newLoop();
    const log: unknown[] = [];
    loop.setTimeout((...args: unknown[]) => log.push(args), 1, 'one', 2, null);
    loop.setTimeout((...args: unknown[]) => log.push(args), 2);
    loop.setTimeout((...args: unknown[]) => log.push(args), 3, undefined);
    await run(loop);
    expect(log).toEqual([['one', 2, null], [], [undefined]]);
  });

  it('takes no delay for 0', async () => {
    const loop = newLoop();
    let calls = 0;
    loop.setTimeout(() => calls++);
    loop.setTimeout(() => calls++, undefined);
    await run(loop);
    expect(calls).toBe(2);
  });

  it('is never early, for 300 random delays at once', async () => {
    const seed = newSeed();
    const random = randomFrom(seed);
    const loop = newLoop();
    const early: number[] = [];
    const fired: number[] = [];
    for (let i = 0; i < 300; i++) {
      const delayMs = random(6400) / 64;
      const startMs = performance.now();
      loop.setTimeout(() => {
        const tookMs = performance.now() - startMs;
        if (tookMs < delayMs) early.push(delayMs - tookMs);
        fired.push(startMs + delayMs);
      }, delayMs);
    }
    await run(loop);
    expect(early, `RAWLOOP_SEED=${seed}`).toEqual([]);
    expect(fired).toHaveLength(300);
  });

  it('is never early when the loop time is behind the clock', async () => {
    const loop = newLoop();
    let tookMs = 0;
    loop.setTimeout(() => {
      stall(20);
      const startMs = performance.now();
      loop.setTimeout(() => {
        tookMs = performance.now() - startMs;
      }, 10);
    });
    await run(loop);
    expect(tookMs).toBeGreaterThanOrEqual(10);
  });

  it('is never early for a fraction of a millisecond', async () => {
    const loop = newLoop();
    for (const delayMs of [0.001, 0.1, 0.25, 0.5, 0.999, 1.0001]) {
      const startMs = performance.now();
      let tookMs = 0;
      loop.setTimeout(() => {
        tookMs = performance.now() - startMs;
      }, delayMs);
      await run(loop);
      expect(tookMs).toBeGreaterThanOrEqual(delayMs);
    }
  });

  it('in a chain of no delay leaves the poll phase its turn', async () => {
    const loop = newLoop();
    let chain = 0;
    const again = () => {
      chain++;
      next = loop.setTimeout(again);
    };
    let next = loop.setTimeout(again);
    loop.watch(readableFd(), { read: true }, (_ready, watcher) => {
      watcher.close();
      next.close();
    });
    await run(loop);
    expect(chain).toBeLessThanOrEqual(1);
  });

  it.each([Number.NaN, -1, -0.001, Infinity, -Infinity, 2 ** 53 + 2, 1e308])(
    'refuses a delay of %d',
    (ms) => {
      const loop = newLoop();
      for (const call of [loop.setTimeout, loop.setInterval]) {
        const error = thrownBy(() => call.call(loop, () => {}, ms));
        expect(error).toMatchObject({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });
      }
      expect(loop.alive).toBe(false);
    },
  );

  it.each([['5'], [5n], [null], [{}], [true], [[5]], [new Date(5)], [() => 5], [Symbol('5')]])(
    'refuses %o for a delay',
    (ms) => {
      const loop = newLoop();
      for (const call of [loop.setTimeout, loop.setInterval]) {
        const error = thrownBy(() => call.call(loop, () => {}, ms as never));
        expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
      }
      expect(loop.alive).toBe(false);
    },
  );

  it.each([[undefined], [null], ['code()'], [{}], [5]])('refuses %o for a callback', (callback) => {
    const loop = newLoop();
    const error = thrownBy(() => loop.setTimeout(callback as never, 1));
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
    expect(loop.alive).toBe(false);
  });
});

describe('a timer', () => {
  it('does not fire once it is cleared, in whatever way', async () => {
    const loop = newLoop();
    const ways: ((timer: Timer) => void)[] = [
      (timer) => loop.clearTimeout(timer),
      (timer) => loop.clearInterval(timer),
      (timer) => loop.clearTimeout(+timer),
      (timer) => loop.clearInterval(Number(timer)),
      (timer) => timer.close(),
      (timer) => timer[Symbol.dispose](),
    ];
    let calls = 0;
    for (const clear of ways) {
      for (const timer of [loop.setTimeout(() => calls++, 1), loop.setInterval(() => calls++, 1)]) {
        clear(timer);
        expect(timer.active).toBe(false);
        clear(timer);
      }
    }
    expect(await run(loop)).toBe(false);
    expect(calls).toBe(0);
  });

  it('may be cleared by another one that fires before it in the same phase', async () => {
    const loop = newLoop();
    const log: string[] = [];
    loop.setTimeout(() => {
      log.push('first');
      second.close();
    }, 1);
    const second = loop.setTimeout(() => log.push('second'), 1);
    loop.setTimeout(() => log.push('third'), 1);
    stall(2);
    await run(loop);
    expect(log).toEqual(['first', 'third']);
  });

  it('has one number, and a number clears no other timer', async () => {
    const loop = newLoop();
    const timers = Array.from({ length: 100 }, () => loop.setTimeout(() => {}, 1));
    const numbers = timers.map(Number);
    expect(new Set(numbers).size).toBe(100);
    expect(timers.map(Number)).toEqual(numbers);
    loop.clearTimeout(numbers[50]);
    expect(timers.filter((timer) => !timer.active)).toEqual([timers[50]]);
    await run(loop);
    const next = loop.setTimeout(() => {}, 1);
    for (const number of numbers) loop.clearTimeout(number);
    expect(next.active).toBe(true);
    next.close();
  });

  it('is the only thing that clearing clears', () => {
    const loop = newLoop();
    loop.setTimeout(() => {}, 1e6);
    const things = [undefined, null, 0, -1, Number.NaN, 2 ** 53, '1', {}, [], Symbol('1'), 1n];
    for (const thing of things) {
      loop.clearTimeout(thing as never);
      loop.clearInterval(thing as never);
      loop.clearImmediate(thing as never);
    }
    expect(loop.alive).toBe(true);
  });

  it('of another loop is cleared there, and this loop loses nothing', async () => {
    const [here, there] = [newLoop(), newLoop()];
    const log: string[] = [];
    for (let i = 0; i < 3; i++) here.setTimeout(() => log.push(`here ${i}`), 1);
    const other = there.setTimeout(() => log.push('there'), 1);
    here.clearTimeout(other);
    expect([other.active, there.alive]).toEqual([false, false]);
    await run(here);
    await run(there);
    expect(log).toEqual(['here 0', 'here 1', 'here 2']);
  });

  it('that is refreshed starts its delay anew', async () => {
    const loop = newLoop();
    const log: string[] = [];
    const timer = loop.setTimeout(() => log.push('refreshed'), 30);
    loop.setTimeout(() => log.push('other'), 31);
    stall(5);
    expect(timer.refresh()).toBe(timer);
    await run(loop);
    expect(log).toEqual(['other', 'refreshed']);
  });

  it('may be refreshed after it fired or was cleared, and from its own callback', async () => {
    const loop = newLoop();
    let calls = 0;
    const timer = loop.setTimeout(() => {
      if (++calls < 3) timer.refresh();
    }, 1);
    await run(loop);
    expect([calls, timer.active, loop.alive]).toEqual([3, false, false]);
    timer.refresh();
    expect([timer.active, loop.alive]).toEqual([true, true]);
    await run(loop);
    expect(calls).toBe(4);
    timer.refresh().close().refresh();
    await run(loop);
    expect(calls).toBe(5);
  });

  it('that is not referenced may be refreshed, and stays so', async () => {
    const loop = newLoop();
    const timer = loop.setTimeout(() => {}, 1e6).unref();
    timer.refresh();
    timer.close();
    timer.refresh();
    expect([timer.hasRef(), loop.alive]).toEqual([false, false]);
    expect(await run(loop)).toBe(false);
  });
});
