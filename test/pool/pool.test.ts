// loop.pool: its size, its counters, and how requests keep a loop alive.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { holdingThreads, until } from './held.js';
import { MODES, TestLoop } from './support.js';

const WORK = ['p', 's', 1, 8, 'sha256'] as const;

describe('ThreadPool', () => {
  let loop: TestLoop;
  afterEach(() => {
    vi.unstubAllEnvs();
    loop.close();
  });
  const hold = holdingThreads();

  it('has four threads, started by the first request', async () => {
    loop = new TestLoop();
    expect(loop.pool.size).toBe(4);
    expect(loop.pool.stats()).toMatchObject({ size: 4, threads: 0 });
    await loop.outcome('owned', loop.fs.stat('/'));
    expect(loop.pool.stats()).toMatchObject({ size: 4, threads: 4, completed: 1 });
  });

  it('takes its size from the option, else from the environment', () => {
    vi.stubEnv('RAWLOOP_THREADPOOL_SIZE', '7');
    loop = new TestLoop();
    expect(loop.pool.size).toBe(7);
    loop.close();
    loop = new TestLoop({ size: 2 });
    expect(loop.pool.size).toBe(2);
  });

  it.each(['0', '1025', '-1', '1.5', '1e2', 'many', ' 4'])(
    'refuses the size %j in the environment',
    (size) => {
      loop = new TestLoop();
      vi.stubEnv('RAWLOOP_THREADPOOL_SIZE', size);
      expect(() => new TestLoop()).toThrow(/RAWLOOP_THREADPOOL_SIZE/);
    },
  );

  it('can be resized before it starts and after', async () => {
    loop = new TestLoop();
    loop.pool.resize(2);
    expect(loop.pool.stats()).toMatchObject({ size: 2, threads: 0 });
    await loop.outcome('owned', loop.fs.stat('/'));
    expect(loop.pool.stats().threads).toBe(2);
    loop.pool.resize(6);
    expect(loop.pool.size).toBe(6);
    expect(loop.pool.stats().threads).toBe(6);
  });

  it.each(MODES)('settles many requests for few wake-ups (%s)', async (mode) => {
    loop = new TestLoop();
    const all = Promise.all(Array.from({ length: 2000 }, () => loop.fs.stat('/')));
    // No turn until all are done, so that none is told alone.
    until(() => loop.pool.stats().finished === 2000);
    expect(await loop.outcome(mode, all)).toHaveLength(2000);
    const { completed, wakeups } = loop.pool.stats();
    expect(completed).toBe(2000);
    // One, and one for each batch that does not hold all.
    expect(wakeups).toBeLessThan(20);
  });

  it.each(MODES)('keeps the loop alive exactly while a request is pending (%s)', async (mode) => {
    loop = new TestLoop();
    expect(loop.alive).toBe(false);
    const first = loop.fs.stat('/');
    const second = loop.crypto.pbkdf2(...WORK);
    expect(loop.alive).toBe(true);
    await loop.outcome(mode, Promise.all([first, second]));
    expect(loop.alive).toBe(false);
    // Watched, but not waited for: an idle pool does not hold the loop.
    await loop.drive(mode);
  });

  it.each(MODES)('serves requests made by the callbacks of others (%s)', async (mode) => {
    loop = new TestLoop();
    const chain = (async () => {
      for (let i = 0; i < 50; i++) await loop.fs.stat('/');
      return 'done';
    })();
    expect(await loop.outcome(mode, chain)).toBe('done');
  });

  it('runs requests beside timers, which go on meanwhile', async () => {
    loop = new TestLoop();
    const order: string[] = [];
    const held = hold(loop);
    const request = held.done.then(() => order.push('request'));
    loop.setTimeout(() => {
      order.push('timer');
      held.release();
    }, 1);
    await loop.outcome('owned', request);
    expect(order).toEqual(['timer', 'request']);
  });

  it('rejects what is pending when the loop is closed, and drops the queue', async () => {
    loop = new TestLoop({ size: 1 });
    const requests = [loop.crypto.pbkdf2('p', 's', 200_000, 8, 'sha512')];
    for (let i = 0; i < 20; i++) requests.push(loop.crypto.pbkdf2(...WORK));
    const outcomes = Promise.allSettled(requests);
    loop.close();
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ERR_LOOP_CLOSED' } });
    }
    expect(loop.pool.stats().queued).toBe(0);
    await expect(loop.fs.stat('/')).rejects.toMatchObject({ code: 'ERR_LOOP_CLOSED' });
    expect(() => loop.pool.resize(3)).toThrow(expect.objectContaining({ code: 'ERR_LOOP_CLOSED' }));
  });

  it('rejects a request on a loop that was closed before its first', async () => {
    loop = new TestLoop();
    loop.close();
    await expect(loop.fs.stat('/')).rejects.toMatchObject({ code: 'ERR_LOOP_CLOSED' });
  });

  it('works with a pipe to wake the loop', async () => {
    vi.stubEnv('RAWLOOP_WAKER', 'pipe');
    loop = new TestLoop();
    const all = Promise.all(Array.from({ length: 300 }, () => loop.fs.stat('/')));
    expect(await loop.outcome('owned', all)).toHaveLength(300);
  });

  it('is one for each loop', async () => {
    loop = new TestLoop({ size: 1 });
    const other = new TestLoop({ size: 2 });
    await loop.outcome('owned', loop.fs.stat('/'));
    await other.outcome('guest', other.fs.stat('/'));
    expect(loop.pool.stats()).toMatchObject({ threads: 1, completed: 1 });
    expect(other.pool.stats()).toMatchObject({ threads: 2, completed: 1 });
    other.close();
  });
});
