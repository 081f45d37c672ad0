// A queue that is full refuses at once, before any side effect, and `drained` says when to go
// on. Without the look at the limit the first of these resolves; when nobody is rung,
// `drained` never resolves. Without the catch in `closing` (lib/pool/fs/caller.ts) a close is
// refused, although it was done; without the pool's part of `closed` in FileWork the last descriptor
// stays open. Without beginTurn in FileWork 3,000 requests wait for a turn, without what `drained`
// asks of turns they are refused to one who waits for room. Without `awaitHalf` in drains.ts who waits
// for the requests of another user waits for ever, without RingAll in ThreadPool::Cancel when they are
// aborted, without `look` in `leave` who waits for those of loops that are closed.
import { afterEach, describe, expect, it } from 'vitest';
import type { ThreadPoolOptions } from '../../lib/pool/options.js';
import { ThreadPool } from '../../lib/pool/pool.js';
import { countDescriptors } from '../support/descriptors.js';
import { type HeldThread, holdingThreads } from './held.js';
import { MODES, TestLoop } from './support.js';

const FULL = { code: 'ERR_POOL_QUEUE_FULL' };

let loop: TestLoop;
afterEach(() => loop.close());
const hold = holdingThreads();

/** A loop whose only thread is busy, until it is released. */
function busyLoop(options: ThreadPoolOptions): HeldThread {
  loop = new TestLoop({ size: 1, ...options });
  return hold(loop);
}

const stats = (count: number) => Array.from({ length: count }, () => loop.fs.stat('/'));

describe('a queue that is full', () => {
  it.each(MODES)('refuses one more, and takes it later (%s)', async (mode) => {
    const held = busyLoop({ maxQueued: 4 });
    const taken = stats(4);
    await expect(loop.fs.stat('/')).rejects.toMatchObject(FULL);
    expect(loop.pool.stats()).toMatchObject({ queued: 4, maxQueued: 4 });
    const waits = loop.pool.drained().then(() => loop.fs.stat('/'));
    held.release();
    const all = await loop.outcome(mode, Promise.all([...taken, waits]));
    expect(all).toHaveLength(5);
    expect(loop.alive).toBe(false);
  });

  it.each(MODES)('of one lane leaves the others theirs (%s)', async (mode) => {
    const held = busyLoop({ lanes: { fs: { maxQueued: 2 } } });
    const taken = stats(2);
    await expect(loop.fs.stat('/')).rejects.toMatchObject({
      ...FULL,
      message: expect.stringContaining('fs'),
    });
    const key = loop.crypto.pbkdf2('p', 's', 1, 8, 'sha256');
    await loop.pool.drained();
    const order: string[] = [];
    const drained = loop.pool.drained('fs').then(() => order.push('drained'));
    const last = Promise.all([...taken, key]).then(() => order.push('done'));
    held.release();
    await loop.outcome(mode, Promise.all([drained, last]));
    expect(order.sort()).toEqual(['done', 'drained']);
  });

  it.each(MODES)(
    'takes what closes a file all the same, as does a pool that is closed (%s)',
    async (mode) => {
      const before = countDescriptors();
      loop = new TestLoop({ size: 1, maxQueued: 2 });
      const open = () => loop.outcome(mode, loop.fs.open('/'));
      const [one, other, third] = [await open(), await open(), await open()];
      const held = hold(loop);
      const taken = stats(2);
      const { fd } = other;
      await one.close();
      await loop.fs.close(fd);
      held.release();
      await loop.outcome(mode, Promise.all([held.done, ...taken]));
      loop.pool.close();
      await third.close();
      loop.close();
      expect(countDescriptors()).toBeLessThanOrEqual(before);
    },
  );

  it('has room again for each that is aborted', async () => {
    const held = busyLoop({ maxQueued: 2 });
    const { signal, abort } = (() => {
      const controller = new AbortController();
      return { signal: controller.signal, abort: () => controller.abort() };
    })();
    const aborted = loop.fs.stat('/', { signal });
    const kept = loop.fs.stat('/');
    const waits = loop.pool.drained();
    const told = expect(aborted).rejects.toMatchObject({ code: 'ABORT_ERR' });
    abort();
    await told;
    held.release();
    await loop.outcome('owned', Promise.all([waits, kept]));
  });
});

describe('files in memory, more than a turn has room for', () => {
  // The rest of the turn is full as soon as it is asked for: nothing runs while it is asked.
  const ask = (count: number) =>
    Array.from({ length: count }, () => loop.fs.stat('/').then(({ size }) => size));

  it.each(MODES)('wait for the next one, as many as may wait (%s)', async (mode) => {
    loop = new TestLoop({ size: 1, maxQueued: 40 }, true);
    // Then it is known what the file system is.
    for (let i = 0; i < 5; i++) await loop.outcome(mode, loop.fs.stat('/'));
    const isInline = (loop.pool.stats().kinds['stat']?.inline ?? 0) > 0;
    // Else it may do as much meanwhile as is asked for.
    const held = hold(loop);
    const all = ask(3000);
    held.release();
    const outcomes = await loop.outcome(mode, Promise.allSettled(all));
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    for (const { reason } of refused as PromiseRejectedResult[]) {
      expect(reason.code).toBe('ERR_POOL_QUEUE_FULL');
    }
    expect(outcomes.length - refused.length).toBeGreaterThanOrEqual(40);
    expect(refused.length).toBeGreaterThan(isInline ? 100 : 2500);
    expect(loop.alive).toBe(false);
    // And what waited is let go of.
    await loop.outcome(mode, Promise.all(ask(30)));
  });

  it('hold back who waits for room', async () => {
    loop = new TestLoop({ size: 1, maxQueued: 40 }, true);
    loop.attach();
    const codes = new Set<unknown>();
    for (let i = 0; i < 2000; i++) {
      await loop.pool.drained('fs');
      loop.fs.stat('/').catch(({ code }) => codes.add(code));
    }
    await loop.pool.drained('fs');
    while (loop.alive) await new Promise(setImmediate);
    expect([...codes]).toEqual([]);
    loop.detach();
  });
});

describe('drained()', () => {
  it('is there at once when little waits, and for a pool that did nothing yet', async () => {
    loop = new TestLoop();
    await loop.pool.drained();
    await loop.pool.drained('dns');
  });

  it.each([1, 2])('is there when all loops that use the pool are closed: %i', async (loops) => {
    const pool = new ThreadPool({ size: 1, maxQueued: 2 });
    const users = Array.from({ length: loops }, () => new TestLoop(pool));
    loop = users[0] as TestLoop;
    const held = hold(loop);
    const lost = Promise.allSettled([0, 1].map(() => users.at(-1)?.fs.stat('/')));
    const waits = pool.drained();
    for (const user of users) user.close();
    await waits;
    await lost;
    held.release();
    pool.close();
  });

  it('of a lane waits for that lane alone', async () => {
    const held = busyLoop({ lanes: { crypto: { maxQueued: 4 } } });
    const keys = [0, 1, 2].map(() => loop.crypto.pbkdf2('p', 's', 1, 8, 'sha256'));
    const told: string[] = [];
    const waits = ['crypto', undefined, 'fs'].map((lane) =>
      loop.pool.drained(lane).then(() => void told.push(lane ?? 'all')),
    );
    for (let i = 0; i < 20; i++) await undefined;
    expect(told).toEqual(['all', 'fs']);
    held.release();
    await loop.outcome('owned', Promise.all(keys));
    await Promise.all(waits);
  });

  it.each(['done', 'aborted'])('is there when the requests of another user are %s', async (how) => {
    const pool = new ThreadPool({ size: 1, maxQueued: 4 });
    // The same threads, as another thread of the process has them.
    const same = ThreadPool.from(pool.token);
    const users = [new TestLoop(pool), new TestLoop(same)] as const;
    loop = users[0];
    await users[1].outcome('owned', users[1].fs.stat('/'));
    const held = hold(users[0]);
    const controller = new AbortController();
    const { signal } = controller;
    const requests = Promise.allSettled(
      [0, 1, 2, 3].map(() =>
        users[0].fs.stat('/', { signal: how === 'done' ? undefined : signal }),
      ),
    );
    let isThere = false;
    const waits = same.drained().then(() => {
      isThere = true;
    });
    // Nobody who has no loop waits for a thread.
    const idle = ThreadPool.from(pool.token);
    await idle.drained();
    idle.close();
    expect(isThere).toBe(false);
    controller.abort();
    if (how === 'done') {
      held.release();
      await users[0].outcome('owned', requests);
    }
    users[1].attach();
    await waits;
    held.release();
    for (const user of users) user.close();
    await requests;
    same.close();
    pool.close();
  });

  it('refuses what is no lane', async () => {
    loop = new TestLoop();
    await expect(loop.pool.drained('files')).rejects.toThrow(/one of fs, crypto, dns, zlib/);
    await expect(loop.pool.drained(1 as never)).rejects.toThrow(TypeError);
  });

  it('rejects when the pool is closed', async () => {
    const held = busyLoop({ maxQueued: 2 });
    const refused = Promise.allSettled(stats(2));
    const waits = expect(loop.pool.drained()).rejects.toMatchObject({ code: 'ERR_POOL_CLOSED' });
    loop.pool.close();
    await waits;
    await expect(loop.pool.drained()).rejects.toMatchObject({ code: 'ERR_POOL_CLOSED' });
    held.release();
    await loop.outcome('owned', refused);
  });

  it('holds back who makes requests faster than they are done', async () => {
    loop = new TestLoop({ maxQueued: 8, size: 2 });
    let most = 0;
    const all = (async () => {
      // The loop is alive before it is driven.
      const results = [loop.fs.stat('/')];
      for (let i = 0; i < 400; i++) {
        await loop.pool.drained('fs');
        results.push(loop.fs.stat('/'));
        most = Math.max(most, loop.pool.stats().queued);
      }
      return Promise.all(results);
    })();
    expect(await loop.outcome('guest', all)).toHaveLength(401);
    expect(most).toBeLessThanOrEqual(8);
  });
});
