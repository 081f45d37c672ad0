// Traps 20, 25 and 31: NaN and its friends, getters and polluted prototypes. Every
// bad argument is a TypeError or RangeError before anything is queued.
//
// Without the range checks (a bare cast instead): -1 iterations become 2^64-1 and the
// thread never ends, a key of NaN bytes is empty, size 2^32 starts no thread and the
// request hangs.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { native } from '../../lib/binding/index.js';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { STACK_BYTES, TestLoop, WatchedPool } from '../pool/support.js';

const NO_INTEGERS: unknown[] = [
  Number.NaN,
  -1,
  -0.5,
  1.5,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e308,
  Number.POSITIVE_INFINITY,
  1n,
  '1',
  {},
  [],
  [1],
  null,
  undefined,
  true,
  Symbol('one'),
  () => 1,
  { valueOf: () => 1 },
];

/** Absurd, but a number of bytes all the same. */
const isStackBytes = (value: unknown) => value === 2 ** 31 || value === 2 ** 32;

const COUNTERS = { queued: 0, running: 0, finished: 0, completed: 0 };
const MISUSE = expect.objectContaining({ name: expect.stringMatching(/^(Type|Range)Error$/) });
const CODED = expect.objectContaining({ code: expect.stringMatching(/^ERR_/) });

let loop: TestLoop;
beforeEach(() => {
  loop = new TestLoop();
});
afterEach(() => {
  expect(loop.alive).toBe(false);
  expect(loop.pool.stats()).toMatchObject(COUNTERS);
  loop.close();
});

async function expectRefused(request: Promise<unknown>) {
  const error = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toEqual(MISUSE);
  expect(error).toEqual(CODED);
}

describe('bad numbers', () => {
  it.each(NO_INTEGERS.map((value) => [String(value?.toString?.() ?? value), value]))(
    '%s is refused everywhere',
    async (_, value) => {
      const bad = value as never;
      await expectRefused(loop.crypto.pbkdf2('p', 's', bad, 8, 'sha256'));
      await expectRefused(loop.crypto.pbkdf2('p', 's', 1, bad, 'sha256'));
      if (typeof value !== 'string') {
        await expectRefused(loop.fs.stat(bad));
        await expectRefused(loop.fs.readlink(bad));
        await expectRefused(loop.fs.access(bad));
        await expectRefused(loop.crypto.pbkdf2(bad, 's', 1, 8, 'sha256'));
        await expectRefused(loop.crypto.pbkdf2('p', bad, 1, 8, 'sha256'));
        await expectRefused(loop.crypto.scrypt(bad, 's', 8));
        await expectRefused(loop.crypto.scrypt('p', bad, 8));
        await expectRefused(loop.crypto.hash('sha256', bad));
      }
      await expectRefused(loop.crypto.scrypt('p', 's', bad));
      await expectRefused(loop.crypto.randomBytes(bad));
      await expectRefused(loop.crypto.hash(bad, 'x'));
      if (value !== undefined) {
        for (const name of ['cost', 'blockSize', 'parallelization', 'N', 'r', 'p'] as const) {
          await expectRefused(loop.crypto.scrypt('p', 's', 8, { [name]: bad }));
        }
        await expectRefused(loop.crypto.hash('sha256', 'x', { outputEncoding: bad }));
      }
      await expectRefused(loop.crypto.pbkdf2('p', 's', 1, 8, bad));
      if (value !== undefined) {
        await expectRefused(loop.fs.access('/', bad));
        await expectRefused(loop.fs.readlink('/', { encoding: bad }));
      }
      if (typeof value !== 'boolean' && value !== undefined) {
        await expectRefused(loop.fs.stat('/', { bigint: bad }));
      }
      expect(() => loop.pool.resize(bad)).toThrow(CODED);
      if (value !== undefined) {
        expect(() => new TestLoop({ size: bad })).toThrow(CODED);
        const withStack = () => new TestLoop({ stackBytes: bad });
        if (!isStackBytes(value)) expect(withStack).toThrow(CODED);
      }
    },
  );

  it.each([0, 1025])('a pool of %i threads is refused', (size) => {
    expect(() => loop.pool.resize(size)).toThrow(RangeError);
    expect(() => new TestLoop({ size })).toThrow(RangeError);
  });

  it('scrypt parameters that cannot be are refused', async () => {
    const costs = [{ cost: 3 }, { cost: 1 }, { cost: 0 }, { maxmem: 1000 }, { cost: 2 ** 20 }];
    for (const cost of costs) await expectRefused(loop.crypto.scrypt('p', 's', 8, cost));
  });

  it('zero iterations are refused', async () => {
    await expectRefused(loop.crypto.pbkdf2('p', 's', 0, 8, 'sha256'));
  });
});

describe('the native pool', () => {
  it('refuses in every place what is no argument for it', () => {
    const pool = new WatchedPool();
    const { Threads } = native as unknown as { Threads: new (...args: unknown[]) => object };
    const { threads } = pool.native;
    const { checkProcessors } = native;
    type Methods = Record<string, (...args: unknown[]) => unknown>;
    const owners = [pool.native, threads, native] as unknown as Methods[];
    const open = new EventLoop().nativeInterface;
    const good: [name: string, args: unknown[]][] = [
      ['submitDns', [pool.native, 0, native.dnsOperations.lookup, '127.0.0.1', 0, 0]],
      ['submitDns', [pool.native, 0, native.dnsOperations.lookupService, '127.0.0.1', 9]],
      ['submitCrypto', [pool.native, 0, 0, Buffer.from('p'), Buffer.from('s'), 1, 8, 'sha256']],
      ['addLane', ['lane', 1, false, 1, 1]],
      ['cancel', [0]],
      ['takeCompletions', [new ArrayBuffer(312), 1]],
      ['takeBytes', [0, new Uint8Array(8), 0]],
      ['resize', [1]],
      ['open', [false]],
      ['submitForeign', [pool.native, 0, open, 1]],
      ['foreignDone', [open, 1, 0]],
      ['foreignReady', [open, 1, 0, 1]],
      ['foreignOver', [open, 1]],
    ];
    // Of an id that there is none of nothing is told.
    const knowsNone = (name: string, place: number, value: unknown) =>
      name.startsWith('foreign') && place > 0 && (value === 2 ** 31 || value === -1);
    // Where these are as good as any.
    const fits = (name: string, place: number, value: unknown) =>
      ((name === 'submitFs' || name === 'submitDns') && place === 3 && typeof value === 'string') ||
      (name === 'open' && typeof value === 'boolean') ||
      (name === 'cancel' && value === 2 ** 31) ||
      (name === 'addLane' && place === 0 && typeof value === 'string') ||
      (name === 'addLane' && place === 2 && typeof value === 'boolean') ||
      (name === 'addLane' && place > 2 && (value === 2 ** 31 || value === 2 ** 32));
    for (const value of NO_INTEGERS) {
      for (const [name, args] of good) {
        for (let place = 0; place < args.length; place++) {
          if (fits(name, place, value) || knowsNone(name, place, value)) continue;
          const owner = owners.find((other) => name in other);
          const call = () => owner?.[name]?.(...args.with(place, value));
          expect(call, `${name}, argument ${place}: ${String(value)}`).toThrow(CODED);
        }
      }
      expect(() => new Threads(value, STACK_BYTES, 0, 1)).toThrow(CODED);
      if (value !== undefined) {
        expect(() => new Threads(1, STACK_BYTES, 0, 1, value)).toThrow(CODED);
        expect(() => checkProcessors(value as never)).toThrow(CODED);
      }
      if (!isStackBytes(value)) expect(() => new Threads(1, value, 0, 1)).toThrow(CODED);
      expect(() => new Threads(1, STACK_BYTES, 0, 0)).toThrow(CODED);
      expect(() => native.openInterface(value as never)).toThrow(TypeError);
      expect(() => new Threads(1, STACK_BYTES, -2, 1)).toThrow(CODED);
      expect(() => new native.Pool(value as never)).toThrow(TypeError);
      expect(() => new native.Threads(value as never)).toThrow(CODED);
    }
    expect(pool.native.stats()).toMatchObject({ ...COUNTERS, threads: 0 });
    pool.close();
  });
});

/** Good arguments of each operation on files; wide numbers, and ids, take most integers. */
const WIDE = 12345;
const FILE_ARGUMENTS: Record<keyof typeof native.fsOperations, unknown[]> = {
  stat: ['/', 0], fstat: [0, 0], statfs: ['/', 0], statvfs: ['/'], access: ['/', 0], rename: ['a', 'b'],
  link: ['a', 'b'], symlink: ['a', 'b'], unlink: ['a'], rmdir: ['a'], mkdir: ['a', 0],
  chmod: ['a', 0], chown: ['a', WIDE, WIDE], lchown: ['a', WIDE, WIDE],
  utimes: ['a', WIDE, WIDE, WIDE, WIDE], lutimes: ['a', WIDE, WIDE, WIDE, WIDE],
  truncate: ['a', WIDE], readlink: ['a'], realpath: ['a'], mkdtemp: ['a'], mkdirs: ['a', 0],
  open: ['a', 0, 0], close: [0], fsync: [0], fdatasync: [0], ftruncate: [0, WIDE],
  fchmod: [0, 0], fchown: [0, WIDE, WIDE], futimes: [0, WIDE, WIDE, WIDE, WIDE],
  lseek: [0, WIDE, 0], read: [0, WIDE, WIDE], write: [0, WIDE, Buffer.from('x')],
  readFile: ['a', 0], readRest: [0], writeFile: ['a', 0, 0, Buffer.from('x')],
  writeRest: [0, Buffer.from('x')], readdir: ['a', 0], entries: [0], listing: [0],
  rm: ['a', 0], copyFile: ['a', 'b', 0], flock: [0, 0], lock: [0, 0, 0, WIDE, WIDE],
  sendFile: [0, 0, WIDE, 0],
}; // biome-ignore format: a table

describe('the operations on files', () => {
  it.each(Object.entries(FILE_ARGUMENTS))(
    '%s refuses in every place what is no argument for it',
    (name, good) => {
      const pool = new WatchedPool();
      const submit = native.submitFs as unknown as (...args: unknown[]) => unknown;
      const args = [pool.native, 0, native.fsOperations[name as 'stat'], ...good];
      const isWide = (value: unknown) => Number.isInteger(value) && (value as number) < 2 ** 53;
      for (const value of NO_INTEGERS) {
        for (let place = 0; place < args.length; place++) {
          if (typeof args[place] === 'string' && typeof value === 'string') continue;
          if (args[place] === WIDE && isWide(value)) continue;
          const call = () => submit(...args.with(place, value));
          expect(call, `argument ${place}: ${String(value)}`).toThrow(CODED);
        }
      }
      expect(pool.native.stats()).toMatchObject({ ...COUNTERS, threads: 0 });
      pool.close();
    },
  );
});

describe('options', () => {
  it('are not read from a polluted prototype', async () => {
    const polluted = Object.prototype as { bigint?: unknown; signal?: unknown; size?: unknown };
    try {
      Object.assign(polluted, { bigint: true, signal: AbortSignal.abort(), size: 9 });
      const other = new TestLoop({});
      expect(other.pool.size).toBe(4);
      const stats = await other.outcome('owned', other.fs.stat('/', {}));
      expect(typeof stats.size).toBe('number');
      other.close();
    } finally {
      delete polluted.bigint;
      delete polluted.signal;
      delete polluted.size;
    }
  });

  it.each([null, 1, 'bigint', true])('%j is refused as options', async (options) => {
    await expectRefused(loop.fs.stat('/', options as never));
    await expectRefused(loop.fs.readlink('/', options as never));
    await expectRefused(loop.fs.access('/', 0, options as never));
    await expectRefused(loop.crypto.pbkdf2('p', 's', 1, 8, 'sha256', options as never));
  });

  it('are read once', async () => {
    let reads = 0;
    const other = new TestLoop();
    const options = {
      get bigint() {
        return reads++ === 0 ? true : 7;
      },
    };
    const stats = await other.outcome('owned', other.fs.stat('/', options as { bigint: true }));
    expect(typeof stats.size).toBe('bigint');
    expect(reads).toBe(1);
    other.close();
  });
});
