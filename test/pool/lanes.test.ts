// Lanes: a kind of work holds no more threads than its limit, and others go on. What
// blocks in the kernel is tested in C++, see core.test.ts.
//
// Without the limit, the second thread answers the stats, and none of them waits.
import { afterEach, describe, expect, it } from 'vitest';
import type { LaneOptions } from '../../lib/pool/lanes.js';
import { holdingThreads } from './held.js';
import { MODES, TestLoop, WatchedPool } from './support.js';

let loop: TestLoop | undefined;
afterEach(() => loop?.close());
const hold = holdingThreads();

const IDLE = { queued: 0, running: 0, completed: 0 };

describe('the lanes of a pool', () => {
  it('are told by name, before the first request and after it', async () => {
    loop = new TestLoop({ lanes: { crypto: 2 } });
    const before = {
      fs: { ...IDLE, limit: 1024 },
      crypto: { ...IDLE, limit: 2 },
      dns: { ...IDLE, limit: 2 },
      zlib: { ...IDLE, limit: 1024 },
    };
    expect(loop.pool.stats().lanes).toMatchObject(before);
    await loop.outcome('owned', loop.fs.stat('/'));
    expect(loop.pool.stats().lanes).toMatchObject({
      ...before,
      fs: { ...before.fs, completed: 1, pooled: 1, inline: 0 },
    });
    expect(Object.keys(loop.pool.stats().lanes)).toEqual(Object.keys(before));
  });

  it('of slow work have half of the threads, and as many as they were given', () => {
    const limits = (dns?: number | LaneOptions) => {
      loop?.close();
      loop = new TestLoop({ size: 8, lanes: { dns } });
      return () => loop?.pool.stats().lanes.dns.limit;
    };
    const half = limits();
    expect(half()).toBe(4);
    loop?.pool.resize(3);
    expect(half()).toBe(1);
    expect([limits(7)(), limits({ limit: 7 })(), limits({ priority: 2 })()]).toEqual([7, 7, 4]);
  });

  it.each(MODES)('that are full leave the other threads to others (%s)', async (mode) => {
    loop = new TestLoop({ size: 2, lanes: { fs: 1 } });
    const held = hold(loop);
    const stats = [loop.fs.stat('/'), loop.fs.stat('/')];
    const keys = (async () => {
      for (let i = 0; i < 20; i++) await loop?.crypto.pbkdf2('p', 's', 1, 8, 'sha256');
      const { lanes } = loop?.pool.stats() ?? {};
      held.release();
      return lanes;
    })();
    const lanes = await loop.outcome(mode, keys);
    expect(lanes?.crypto).toMatchObject({ ...IDLE, completed: 20 });
    expect(lanes?.fs).toMatchObject({ ...IDLE, running: 1, queued: 2 });
    expect(await Promise.all(stats)).toHaveLength(2);
  });

  it('take turns, however much waits in one of them', () => {
    const pool = new WatchedPool({ size: 1, limits: [1024, 1024] });
    const first = pool.occupy();
    const many = Array.from({ length: 100 }, () => pool.native.submitStat('/', 0, 0));
    const few = Array.from({ length: 3 }, () => pool.native.submitStat('/', 0, 1));
    pool.free();
    const order = pool.collect(104);
    expect(order[0]).toBe(first);
    const turns = few.flatMap((id, i) => [many[i], id]);
    expect(order.slice(1, 7)).toEqual(turns);
    pool.close();
  });

  it('keep to the order of submission within each', () => {
    const pool = new WatchedPool({ size: 1 });
    const ids = Array.from({ length: 300 }, () => pool.native.submitStat('/', 0));
    expect(pool.collect(300)).toEqual(ids);
    pool.close();
  });

  it('have a limit of one thread at least', () => {
    for (const crypto of [0, 1025, 1.5, Number.NaN, '1']) {
      const lanes = { crypto: crypto as number };
      expect(() => new TestLoop({ lanes })).toThrow(/lanes\.crypto/);
    }
  });

  it('are as many as the pool has room for', () => {
    const pool = new WatchedPool({ limits: Array(64).fill(1) });
    expect(pool.native.threads.addLane('more', 1, false, 1, 1)).toBeLessThan(0);
    expect(pool.native.submitStat('/', 0, 63)).toBe(0);
    expect(() => pool.native.submitStat('/', 0, 64)).toThrow(RangeError);
    expect(pool.next()).toBe(1);
    pool.close();
  });
});

describe('a batch', () => {
  it('has small results beside its rows, packed, and none for what failed', () => {
    const pool = new WatchedPool({ size: 1 });
    const paths = ['/', '/no/such', '/dev'];
    for (const path of paths) pool.native.submitStat(path, 0);
    pool.until((stats) => stats.finished === 3);
    expect(pool.next()).toBe(3);
    const { batch } = pool;
    expect([0, 1, 2].map((row) => batch.size(row))).toEqual([144, 0, 144]);
    expect(batch.status(1)).toBeLessThan(0);
    // Behind each other, behind the room for all rows.
    expect(batch.place(2) - batch.place(0)).toBe(144 / 8);
    expect(() => batch.takeBytes(0, new Uint8Array(144), 0)).toThrow(RangeError);
    pool.close();
  });

  it('leaves a secret with its job until it is copied', () => {
    const pool = new WatchedPool();
    const text = Buffer.from('x');
    pool.native.submitPbkdf2(text, text, 1, 32, 'sha256');
    expect(pool.next()).toBe(1);
    expect([pool.batch.size(0), pool.batch.place(0)]).toEqual([32, -1]);
    expect(pool.batch.takeBytes(0, new Uint8Array(32), 0)).toBe(32);
    pool.close();
  });
});
