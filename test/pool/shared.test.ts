// One pool for several loops: of one thread, and of several. Each loop hears of its own
// requests, and the end of one is not the end of the others.
//
// When a loop that is closed closes the pool that it was given, “goes on” fails; when what
// is queued at the end of a pool is deleted instead of given back, “rejects what waits”
// waits for ever; when a Worker's end does not wait for its own running jobs, the last test
// here crashes under AddressSanitizer, and without Settle() core.test.ts tells in `shared`.
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { ThreadPool } from '../../lib/pool/pool.js';
import { newLoop } from '../loop/support.js';
import { root } from '../package/support.js';
import { Fifo, holdingThreads } from './held.js';
import { LONG, MODES, TestLoop } from './support.js';

const KEY = ['p', 's', 1, 8, 'sha256'] as const;
const CLOSED = { code: 'ERR_POOL_CLOSED' };

let pool: ThreadPool;
const loops: TestLoop[] = [];
afterEach(() => {
  for (const loop of loops.splice(0)) loop.close();
  pool.close();
});
const hold = holdingThreads();

function newLoops(count: number): TestLoop[] {
  loops.push(...Array.from({ length: count }, () => new TestLoop(pool)));
  return loops;
}

describe('a pool that loops share', () => {
  it.each(MODES)('answers each with what it asked for (%s)', async (mode) => {
    pool = new ThreadPool({ size: 2 });
    const answers = newLoops(3).map(async (loop) => {
      const sizes = Array.from({ length: 50 }, (_, bytes) =>
        loop.crypto.pbkdf2('p', 's', 1, bytes, 'sha256'),
      );
      const keys = await loop.outcome(mode, Promise.all(sizes));
      return keys.map((key) => key.length);
    });
    const expected = Array.from({ length: 50 }, (_, bytes) => bytes);
    expect(await Promise.all(answers)).toEqual([expected, expected, expected]);
    expect(pool.stats()).toMatchObject({ size: 2, threads: 2, completed: 150, finished: 0 });
    expect(pool.stats().kinds['pbkdf2']).toMatchObject({ completed: 150, pending: 0 });
  });

  it('serves a loop inside the host and one that owns its thread', async () => {
    pool = new ThreadPool({ size: 1 });
    const [guest, owned] = newLoops(2) as [TestLoop, TestLoop];
    guest.attach();
    const first = guest.crypto.pbkdf2(...KEY);
    await owned.outcome('owned', owned.fs.stat('/'));
    expect(await first).toHaveLength(8);
  });

  it('is what `loop.pool` gives, and is not resized or closed with a loop', async () => {
    pool = new ThreadPool({ size: 3 });
    const loop = newLoop({ pool });
    expect(loop.pool).toBe(pool);
    expect(() => newLoop({ pool, poolSize: 3 })).toThrow(/poolSize/);
    expect(() => newLoop({ pool: {} as ThreadPool })).toThrow(TypeError);
    expect(() => newLoop({ pool: Object.create(pool) })).toThrow(TypeError);
    loop.close();
    expect([pool.closed, pool.size]).toEqual([false, 3]);
  });

  it.each(MODES)(
    'goes on when one of its loops is closed with work under way (%s)',
    async (mode) => {
      pool = new ThreadPool({ size: 1 });
      const [ending, other] = newLoops(2) as [TestLoop, TestLoop];
      const lost = Array.from({ length: 3 }, () =>
        ending.crypto.pbkdf2('p', 's', LONG / 10, 8, 'sha512'),
      );
      const kept = other.crypto.pbkdf2(...KEY);
      const told = Promise.allSettled(lost);
      ending.close();
      for (const { status } of await told) expect(status).toBe('rejected');
      expect(pool.stats().queued).toBeLessThan(2);
      expect(await other.outcome(mode, kept)).toHaveLength(8);
    },
  );

  it.each(MODES)('rejects what waits when it is closed, and tells what runs (%s)', async (mode) => {
    pool = new ThreadPool({ size: 1 });
    const [loop] = newLoops(1) as [TestLoop];
    const runs = hold(loop);
    const waits = loop.fs.stat('/');
    const told = expect(waits).rejects.toMatchObject(CLOSED);
    pool.close();
    pool.close();
    await expect(loop.fs.stat('/')).rejects.toMatchObject(CLOSED);
    expect(() => pool.resize(1)).toThrow(expect.objectContaining(CLOSED));
    runs.release();
    await loop.outcome(mode, runs.done);
    await told;
    expect(loop.alive).toBe(false);
    const later = new TestLoop(pool);
    await expect(later.fs.stat('/')).rejects.toMatchObject(CLOSED);
    later.close();
  });

  it('closes with `using`', () => {
    {
      using shared = new ThreadPool();
      pool = shared;
    }
    expect(pool.closed).toBe(true);
  });
});

/** A Worker whose loop uses the pool of the token that it is given. */
function newWorker(source: string): Worker {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { EventLoop, ThreadPool } = require(${JSON.stringify(join(root, 'dist/index.cjs'))});
    const pool = ThreadPool.from(workerData);
    // Nothing but what the test asks for goes to the threads.
    const loop = new EventLoop({ pool, inlineFiles: false }).attach();
    const key = (rounds) => loop.crypto.pbkdf2('p', 's', rounds, 8, 'sha512');
    ${source}
  `;
  return new Worker(code, { eval: true, workerData: pool.token });
}

describe('a pool of another thread', () => {
  it('refuses what is no token', () => {
    pool = new ThreadPool();
    for (const token of [undefined, null, 1, {}, { rawloopPool: '1' }, { rawloopPool: 0 }]) {
      expect(() => ThreadPool.from(token as never)).toThrow(/token/);
    }
    const gone = { rawloopPool: 2 ** 32 - 1 };
    expect(() => ThreadPool.from(gone)).toThrow(expect.objectContaining(CLOSED));
    const { token } = pool;
    expect(pool.token).toEqual(token);
    pool.close();
    expect(() => ThreadPool.from(token)).toThrow(expect.objectContaining(CLOSED));
  });

  // The Workers load dist/, which has the same addon in another copy: so does the pool here.
  it('serves loops of Workers, outlives them, and ends under them', async () => {
    const { ThreadPool: Published } = require(join(root, 'dist/index.cjs')) as {
      ThreadPool: typeof ThreadPool;
    };
    pool = new Published({ size: 2, lanes: { mine: 1 } });
    const workers = [1, 2].map(() =>
      newWorker(`
        key(10).then(({ length }) => parentPort.postMessage([length, pool.size, 'mine' in pool.stats().lanes]));
        parentPort.on('message', () => {
          // More than is done before this Worker ends.
          for (let i = 0; i < 20; i++) key(${LONG / 50}).catch(() => {});
          parentPort.postMessage('queued');
        });
      `),
    );
    const first = await Promise.all(workers.map((worker) => once(worker, 'message')));
    expect(first).toEqual([[[8, 2, true]], [[8, 2, true]]]);
    const [ending, other] = workers as [Worker, Worker];
    const queued = once(ending, 'message');
    ending.postMessage('fill');
    await queued;
    await ending.terminate();
    expect(pool.stats().queued).toBe(0);
    await other.terminate();

    pool.resize(1);
    while (pool.stats().threads > 1) await new Promise(setImmediate);
    const fifo = new Fifo();
    const left = newWorker(`
      const opened = loop.fs.open(${JSON.stringify(fifo.path)});
      opened.then(() => 'done', () => 'lost').then((first) => parentPort.postMessage(first));
      // The only thread has it: the keys wait.
      while (pool.stats().running === 0);
      key(1).catch(({ code }) => parentPort.postMessage(code));
      key(1).catch(({ code }) => parentPort.postMessage(code));
      key(1).catch(({ code }) => parentPort.postMessage(code));
      parentPort.postMessage('queued');
    `);
    await once(left, 'message');
    const told: unknown[] = [];
    left.on('message', (message) => told.push(message));
    pool.close();
    fifo.release(() => pool.stats().running === 0);
    while (told.length < 4) await once(left, 'message');
    expect(told.filter((message) => message === 'ERR_POOL_CLOSED')).toHaveLength(3);
    expect(told).toContain('done');
    await left.terminate();
  });
});
