// run('default' | 'once' | 'nowait'): how long each runs and what it returns.
import { describe, expect, it } from 'vitest';
import type { RunMode } from '../../lib/loop/options.js';
import { put } from '../support/bytes.js';
import { run } from '../support/drive.js';
import { newLoop, outside, readableFd, silentFd, socketPair, thrownBy } from './support.js';

const MODES: RunMode[] = ['default', 'once', 'nowait'];

describe('every mode', () => {
  it.each(MODES)("run('%s') of a loop with nothing in it returns false at once", async (mode) => {
    expect(await run(newLoop(), mode)).toBe(false);
  });

  it.each(MODES)(
    "run('%s') does not run what is not referenced, and returns false",
    async (mode) => {
      const loop = newLoop();
      let calls = 0;
      loop.setTimeout(() => calls++, 0).unref();
      loop.setImmediate(() => calls++).unref();
      loop.watch(readableFd(), { read: true }, () => calls++).unref();
      expect(await run(loop, mode)).toBe(false);
      expect(calls).toBe(0);
    },
  );

  it.each(MODES)("run('%s') may be called again and again", async (mode) => {
    const loop = newLoop();
    let calls = 0;
    for (let i = 1; i <= 3; i++) {
      loop.setImmediate(() => calls++);
      expect(await run(loop, mode)).toBe(false);
      expect(calls).toBe(i);
    }
  });

  it.each([['x'], [0], [null], [{}], ['Default'], [true]])('%o is none', async (mode) => {
    const loop = newLoop();
    let calls = 0;
    loop.setImmediate(() => calls++);
    const error = await outside(() => thrownBy(() => loop.run(mode as unknown as RunMode)));
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' });
    expect(calls).toBe(0);
  });
});

describe("run('default')", () => {
  it('is what run() means', async () => {
    const loop = newLoop();
    const log: string[] = [];
    loop.setImmediate(() => {
      log.push('immediate');
      loop.setTimeout(() => log.push('timer'), 5);
    });
    expect(await run(loop)).toBe(false);
    expect(log).toEqual(['immediate', 'timer']);
  });

  it('runs until nothing referenced is left, however long the chain', async () => {
    const loop = newLoop();
    let left = 5000;
    const next = () => {
      if (--left === 0) return;
      if (left % 2 === 0) loop.setImmediate(next);
      else loop.setTimeout(next, 0);
    };
    next();
    expect(await run(loop)).toBe(false);
    expect(left).toBe(0);
  });

  it('returns while unreferenced things still wait, and leaves them as they are', async () => {
    const loop = newLoop();
    const timer = loop.setTimeout(() => {}, 1e6).unref();
    const watcher = loop.watch(silentFd(), { read: true }, () => {}).unref();
    loop.setTimeout(() => {}, 1);
    expect(await run(loop)).toBe(false);
    expect([timer.active, watcher.active]).toEqual([true, true]);
  });

  it('delivers to unreferenced things while something else keeps it going', async () => {
    const loop = newLoop();
    const log: string[] = [];
    loop.setTimeout(() => log.push('timer'), 0).unref();
    loop.setImmediate(() => log.push('immediate')).unref();
    loop.setImmediate(() => loop.setTimeout(() => log.push('last'), 20));
    loop
      .watch(readableFd(), { read: true }, (_ready, watcher) => {
        watcher.close();
        log.push('watcher');
      })
      .unref();
    await run(loop);
    expect(log).toEqual(['timer', 'watcher', 'immediate', 'last']);
  });
});

describe("run('once')", () => {
  it('waits for one event, and tells whether something is left', async () => {
    const loop = newLoop();
    const [a, b] = socketPair();
    let calls = 0;
    const watcher = loop.watch(a, { read: true }, () => calls++);
    loop.setTimeout(() => put(b), 10);
    while (calls === 0) expect(await run(loop, 'once')).toBe(true);
    expect(calls).toBe(1);
    watcher.close();
    expect(await run(loop, 'once')).toBe(false);
  });

  it('runs the timer that it waited for', async () => {
    const loop = newLoop();
    let calls = 0;
    loop.setTimeout(() => calls++, 10);
    expect(await run(loop, 'once')).toBe(false);
    expect(calls).toBe(1);
  });

  it('does not wait when work is there', async () => {
    const loop = newLoop();
    loop.watch(silentFd(), { read: true }, () => {});
    let calls = 0;
    loop.setImmediate(() => calls++);
    expect(await run(loop, 'once')).toBe(true);
    expect(calls).toBe(1);
  });

  it('runs one iteration: an immediate from an immediate is for the next', async () => {
    const loop = newLoop();
    const log: number[] = [];
    loop.setImmediate(() => {
      log.push(1);
      loop.setImmediate(() => log.push(2));
    });
    expect(await run(loop, 'once')).toBe(true);
    expect(log).toEqual([1]);
    expect(await run(loop, 'once')).toBe(false);
    expect(log).toEqual([1, 2]);
  });
});

describe("run('nowait')", () => {
  it('does not wait for anything', async () => {
    const loop = newLoop();
    loop.watch(silentFd(), { read: true }, () => {});
    const timer = loop.setTimeout(() => {}, 2 ** 40);
    expect(await run(loop, 'nowait')).toBe(true);
    expect(timer.active).toBe(true);
  });

  it('takes what is ready', async () => {
    const loop = newLoop();
    let calls = 0;
    const watcher = loop.watch(readableFd(), { read: true }, () => calls++);
    expect(await run(loop, 'nowait')).toBe(true);
    expect(await run(loop, 'nowait')).toBe(true);
    expect(calls).toBe(2);
    watcher.close();
    expect(await run(loop, 'nowait')).toBe(false);
  });
});
