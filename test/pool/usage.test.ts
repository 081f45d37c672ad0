// What pool.stats() says of kinds and times.
import { afterEach, describe, expect, it } from 'vitest';
import { Lane } from '../../lib/pool/lanes.js';
import { LoopPool } from '../../lib/pool/loop-pool.js';
import { holdingThreads } from './held.js';
import { MODES, TestLoop } from './support.js';

let loop: TestLoop;
afterEach(() => loop.close());
const hold = holdingThreads();

/** More than `stat` takes, half of the times. */
const HELD_MS = 20;
const NO_TIME = { count: 0, meanMs: 0, p50Ms: 0, p90Ms: 0, p99Ms: 0, maxMs: 0 };

describe('pool.stats()', () => {
  it.each(MODES)('counts each kind of request, and each lane (%s)', async (mode) => {
    loop = new TestLoop();
    expect(loop.pool.stats().kinds).toEqual({});
    const { fs, crypto } = loop;
    const all = [fs.stat('/'), fs.stat('/'), fs.lstat('/'), fs.access('/')];
    const failing = fs.readlink('/');
    const key = crypto.pbkdf2('p', 's', 1, 8, 'sha256');
    expect(loop.pool.stats().kinds['stat']).toMatchObject({ lane: 'fs', pending: 2, completed: 0 });
    await loop.outcome(mode, Promise.allSettled([...all, failing, key]));
    const { kinds, lanes } = loop.pool.stats();
    const counts = Object.entries(kinds).map(([name, { lane, completed, pooled, pending }]) => [
      name,
      lane,
      completed,
      pooled,
      pending,
    ]);
    expect(counts).toEqual([
      ['stat', 'fs', 2, 2, 0],
      ['lstat', 'fs', 1, 1, 0],
      ['access', 'fs', 1, 1, 0],
      ['readlink', 'fs', 1, 1, 0],
      ['pbkdf2', 'crypto', 1, 1, 0],
    ]);
    expect(lanes.fs).toMatchObject({ completed: 5, pooled: 5, inline: 0 });
    expect([lanes.fs.wait.count, lanes.fs.run.count, lanes.dns.run]).toEqual([5, 5, NO_TIME]);
  });

  it.each(MODES)('has the times of the wait and of the work apart (%s)', async (mode) => {
    loop = new TestLoop({ size: 1 });
    const held = hold(loop);
    const waiting = Array.from({ length: 5 }, () => loop.fs.stat('/'));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, HELD_MS);
    held.release();
    await loop.outcome(mode, Promise.all([held.done, ...waiting]));
    const { stat, open } = loop.pool.stats().kinds;
    // Those that waited, waited for the open to be done.
    expect(stat?.wait.p50Ms).toBeGreaterThan(HELD_MS / 2);
    expect(open?.run.maxMs).toBeGreaterThan(HELD_MS / 2);
    expect(stat?.wait.p50Ms).toBeGreaterThan(stat?.run.p50Ms as number);
    expect(open?.run.meanMs).toBe(open?.run.maxMs);
    for (const times of [stat?.wait, stat?.run]) {
      expect(times?.p50Ms).toBeLessThanOrEqual(times?.p90Ms as number);
      expect(times?.p99Ms).toBeLessThanOrEqual(times?.maxMs as number);
    }
  });

  it('counts what was aborted as done by nobody', async () => {
    loop = new TestLoop({ size: 1 });
    const held = hold(loop);
    const controller = new AbortController();
    const aborted = expect(loop.fs.stat('/', { signal: controller.signal })).rejects.toThrow();
    controller.abort();
    await aborted;
    held.release();
    await loop.outcome('owned', held.done);
    expect(loop.pool.stats().kinds['stat']).toMatchObject({ completed: 0, pending: 0 });
  });

  it('counts what was answered without a thread', () => {
    loop = new TestLoop();
    const requests = new LoopPool(loop, loop.pool);
    requests.countInline('read', Lane.fs, requests.beginInline());
    requests.countInline('read', Lane.fs, requests.beginInline());
    const { kinds, lanes } = loop.pool.stats();
    expect(kinds['read']).toMatchObject({ inline: 2, pooled: 0, completed: 2, lane: 'fs' });
    expect(lanes.fs).toMatchObject({ inline: 2, pooled: 0, completed: 2 });
  });
});
