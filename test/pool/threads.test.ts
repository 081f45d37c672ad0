// Which threads there are: they end when they are idle, run on the processors that they may,
// and slow work has half of them.
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { native } from '../../lib/binding/index.js';
import { ThreadPool } from '../../lib/pool/pool.js';
import { holdingThreads } from './held.js';
import { MODES, TestLoop } from './support.js';

let loop: TestLoop | undefined;
afterEach(() => loop?.close());
const hold = holdingThreads();

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
};

/** Which processors the threads of pools may run on, as the kernel writes it. */
function processorsOfThreads(): string[] {
  const folder = '/proc/self/task';
  return readdirSync(folder).flatMap((id) => {
    const status = readFileSync(`${folder}/${id}/status`, 'latin1');
    if (!status.startsWith('Name:\trawloop-pool\n')) return [];
    return /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '';
  });
}

describe('idleMs', () => {
  it.each(MODES)('lets threads end, and later work starts some again (%s)', async (mode) => {
    loop = new TestLoop({ size: 3, idleMs: 1 });
    const { pool, fs } = loop;
    for (let round = 0; round < 3; round++) {
      await loop.outcome(mode, Promise.all([fs.stat('/'), fs.stat('/')]));
      await until(() => pool.stats().threads === 0);
    }
    expect(pool.stats()).toMatchObject({ size: 3, completed: 6, startErrno: 0 });
  });

  it('starts threads for the work that there is', async () => {
    loop = new TestLoop({ size: 8, idleMs: 60_000 });
    await loop.outcome('owned', loop.fs.stat('/'));
    expect(loop.pool.stats().threads).toBe(1);
    await until(() => loop?.pool.stats().idle === 1);
    const all = [hold(loop), hold(loop), hold(loop)];
    expect(loop.pool.stats()).toMatchObject({ threads: 3, running: 3 });
    for (const held of all.reverse()) held.release();
    loop.pool.resize(1);
    await until(() => loop?.pool.stats().threads === 1);
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 40, '1'])('refuses %s', (idleMs) => {
    expect(() => new ThreadPool({ idleMs: idleMs as number })).toThrow(/"options\.idleMs"/);
  });
});

describe('processors', () => {
  it.runIf(process.platform === 'linux')('are those that threads run on', async () => {
    // Those of the tests before may be on their way out.
    await until(() => processorsOfThreads().length === 0);
    loop = new TestLoop({ size: 2, processors: [0] });
    await loop.outcome('owned', loop.fs.stat('/'));
    const own = () => processorsOfThreads().filter((list) => list === '0');
    await until(() => own().length === 2);
    expect(processorsOfThreads()).toHaveLength(2);
  });

  it('are numbers of some that are there', () => {
    for (const processors of [[], [-1], [1024], [0.5], ['0'], 0, {}, null]) {
      expect(() => new ThreadPool({ processors: processors as never })).toThrow(
        /"options\.processors/,
      );
    }
    // No machine of this kind has as many; elsewhere none may be chosen.
    const code = process.platform === 'linux' ? 'EINVAL' : 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM';
    const refused = expect.objectContaining({ code });
    expect(() => new ThreadPool({ processors: [1023] })).toThrow(refused);
    expect(native.checkProcessors(new Int32Array([1023]))).toBeLessThan(0);
  });
});

describe('slow work', () => {
  it('has half of the threads, one at least, also of those that come or go later', () => {
    loop = new TestLoop({ size: 5 });
    const limit = () => loop?.pool.stats().lanes.dns.limit;
    const limits = [limit()];
    for (const size of [8, 2, 1]) {
      loop.pool.resize(size);
      limits.push(limit());
    }
    expect(limits).toEqual([2, 4, 1, 1]);
  });

  it('has the limit that it was given', () => {
    loop = new TestLoop({ size: 2, lanes: { dns: 2 } });
    loop.pool.resize(8);
    expect(loop.pool.stats().lanes.dns.limit).toBe(2);
  });
});

describe('lanes of the user', () => {
  it('stand beside the others, with limit, priority and room of their own', () => {
    loop = new TestLoop({ lanes: { thumbs: { limit: 2, priority: 4, maxQueued: 9 }, mail: {} } });
    const { lanes } = loop.pool.stats();
    expect(Object.keys(lanes)).toEqual(['fs', 'crypto', 'dns', 'zlib', 'thumbs', 'mail']);
    expect(lanes['thumbs']).toMatchObject({ limit: 2, priority: 4, maxQueued: 9 });
    expect(lanes['mail']).toMatchObject({ limit: 1024, priority: 1 });
  });

  it.each([
    { 'a b': 1 },
    { '': 1 },
    { a: 0 },
    { a: { limit: 1025 } },
    { a: { priority: 0 } },
    { a: { maxQueued: 0 } },
    { a: { size: 1 } },
    { a: 'x' },
    { a: null },
    [],
    Object.fromEntries(Array.from({ length: 61 }, (_, i) => [`lane${i}`, 1])),
  ])('refuse %j', (lanes) => {
    expect(() => new ThreadPool({ lanes: lanes as never })).toThrow(/"options\.lanes/);
  });
});
