// stop(): the iteration under way runs to its end, then run() returns.
import { describe, expect, it } from 'vitest';
import { run } from '../support/drive.js';
import { newLoop, PHASES, silentFd, TICKS } from './support.js';

const PLACES = { ...PHASES, ...TICKS };
const NAMES = Object.keys(PLACES);

describe('stop()', () => {
  it.each(NAMES)('from %s ends run() although something is alive', async (name) => {
    const loop = newLoop();
    loop.watch(silentFd(), { read: true }, () => {});
    PLACES[name]?.(loop, () => loop.stop());
    expect(await run(loop)).toBe(true);
  });

  it.each(NAMES)('from %s lets the rest of the iteration run', async (name) => {
    const loop = newLoop();
    const later: string[] = [];
    const phases = Object.keys(PHASES);
    PLACES[name]?.(loop, () => loop.stop());
    for (const phase of phases) PHASES[phase]?.(loop, () => later.push(phase));
    expect(await run(loop)).toBe(false);
    expect(later).toEqual(phases);
  });

  it.each(NAMES)('from %s does not let the iteration wait', async (name) => {
    const loop = newLoop();
    const far = loop.setTimeout(() => {}, 2 ** 40);
    PLACES[name]?.(loop, () => loop.stop());
    expect(await run(loop)).toBe(true);
    expect(far.active).toBe(true);
  });

  it('holds for one run: the next one goes on', async () => {
    const loop = newLoop();
    let calls = 0;
    const interval = loop.setInterval(() => {
      calls++;
      if (calls === 5) interval.close();
      loop.stop();
    }, 1);
    for (let i = 1; i < 5; i++) {
      expect(await run(loop)).toBe(true);
      expect(calls).toBe(i);
    }
    expect(await run(loop)).toBe(false);
    expect(calls).toBe(5);
  });

  it('before run() makes that one return at once, and no other', async () => {
    const loop = newLoop();
    let calls = 0;
    loop.setImmediate(() => calls++);
    loop.stop();
    loop.stop();
    expect(await run(loop)).toBe(true);
    expect(calls).toBe(0);
    expect(await run(loop)).toBe(false);
    expect(calls).toBe(1);
  });

  it('of a loop that is done changes nothing', async () => {
    const loop = newLoop();
    loop.setImmediate(() => loop.stop());
    expect(await run(loop)).toBe(false);
    loop.setImmediate(() => {});
    expect(await run(loop)).toBe(false);
  });

  it('has no effect in guest mode, not even on a later run()', async () => {
    const loop = newLoop().attach();
    loop.stop();
    await new Promise<void>((resolve) => loop.setTimeout(resolve, 1));
    loop.stop();
    loop.detach();
    let calls = 0;
    loop.setTimeout(() => calls++, 0);
    expect(await run(loop)).toBe(false);
    expect(calls).toBe(1);
  });
});
