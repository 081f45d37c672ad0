// Traps 18 and 19: JavaScript transfers, resizes, overwrites or drops a buffer while
// the pool works on it. The pool works on a copy of its own, and the target of a
// result is looked at again before it is filled.
//
// Without the copy in (the job keeping the pointer): the test process dies of SIGSEGV
// as it reads transferred memory. Without the look at the target: the child that fills
// a detached one does.
import { pbkdf2Sync } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FINE, MODES, runChild, TestLoop } from '../pool/support.js';

let loop: TestLoop;
beforeEach(() => {
  loop = new TestLoop({ size: 1 });
});
afterEach(() => loop.close());

const INPUT = ['secret', 'salt', 1000, 32, 'sha256'] as const;
const EXPECTED = pbkdf2Sync(...INPUT);

const CHANGES: Record<string, (buffer: ArrayBuffer) => void> = {
  transferred: (buffer) => structuredClone(buffer, { transfer: [buffer] }),
  overwritten: (buffer) => new Uint8Array(buffer).fill(0),
  shrunk: (buffer) => (buffer as ArrayBuffer & { resize(size: number): void }).resize(0),
};

function bufferOf(text: string): ArrayBuffer {
  const options = { maxByteLength: 64 };
  const Resizable = ArrayBuffer as new (size: number, options?: object) => ArrayBuffer;
  const buffer = new Resizable(text.length, options);
  new Uint8Array(buffer).set(Buffer.from(text));
  return buffer;
}

for (const mode of MODES) {
  it.each(Object.entries(CHANGES))(
    `a password that is %s while it is in use does not change the key (${mode})`,
    async (_, change) => {
      const [password, salt, ...rest] = INPUT;
      const inputs = Array.from(
        { length: 20 },
        () => [bufferOf(password), bufferOf(salt)] as const,
      );
      const keys = inputs.map(([p, s]) => loop.crypto.pbkdf2(p, new Uint8Array(s), ...rest));
      for (const buffer of inputs.flat()) change(buffer);
      for (const key of await loop.outcome(mode, Promise.all(keys))) expect(key).toEqual(EXPECTED);
    },
  );
}

it('a path that is overwritten while it is in use stays what it was', async () => {
  const path = new Uint8Array(Buffer.from('/usr'));
  const requests = Array.from({ length: 50 }, () => loop.fs.stat(path));
  path.fill(0x7f);
  const all = await loop.outcome('owned', Promise.all(requests));
  expect(all.every((stats) => stats.isDirectory())).toBe(true);
});

it('buffers that nobody refers to any more may be collected while they are in use', () => {
  const result = runChild(
    `
    const { pbkdf2Sync } = require('node:crypto');
    const pool = new Pool(2, 1 << 20);
    pool.open(false);
    const size = 1 << 20;
    const expected = Array.from({ length: 8 }, (_, i) =>
      pbkdf2Sync(Buffer.alloc(size, i + 1), Buffer.alloc(size, 99), 1, 64, 'sha512'));
    let freed = 0;
    const registry = new FinalizationRegistry(() => { freed++; });
    const input = (byte) => {
      const buffer = new Uint8Array(size).fill(byte);
      registry.register(buffer, 0);
      return buffer;
    };
    const submit = () => expected.map((_, i) =>
      pool.submitPbkdf2(input(i + 1), input(99), 1, 64, 'sha512'));
    const take = (ids) => {
      const rows = new ArrayBuffer(8 * ROW_BYTES);
      until(() => pool.stats().finished === 8);
      assert.equal(pool.takeCompletions(rows, 8), 8);
      for (let row = 0; row < 8; row++) {
        const key = Buffer.alloc(64);
        pool.takeBytes(row, key, 0);
        assert.deepEqual(key, expected[ids.indexOf(new Float64Array(rows)[row * ROW_CELLS])]);
      }
    };
    (async () => {
      for (let round = 0; round < 10 || freed === 0; round++) {
        const ids = submit();
        gc();
        // Into the memory that was freed.
        const others = Array.from({ length: 16 }, () => new Uint8Array(size).fill(7));
        take(ids);
        assert.equal(others.length, 16);
        await new Promise(setImmediate);
      }
      pool.close();
    })();
  `,
    { flags: ['--expose-gc'] },
  );
  expect(result).toMatchObject(FINE);
});

it('a target that was transferred, or is too short, is an error and no fault', () => {
  const result = runChild(`
    const pool = new Pool(1, 1 << 20);
    pool.open(false);
    pool.submitPbkdf2(text, text, 1, 1 << 20, 'sha256');
    until(() => pool.stats().finished === 1);
    assert.equal(pool.takeCompletions(new ArrayBuffer(ROW_BYTES), 1), 1);
    const target = new ArrayBuffer(1 << 20);
    const view = new Uint8Array(target);
    structuredClone(target, { transfer: [target] });
    const outOfRange = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' };
    assert.throws(() => pool.takeBytes(0, target, 0), outOfRange);
    assert.throws(() => pool.takeBytes(0, view, 0), outOfRange);
    assert.throws(() => pool.takeBytes(0, new Uint8Array(1 << 20), 1), outOfRange);
    assert.equal(pool.takeBytes(0, new Uint8Array(1 << 20), 0), 1 << 20);
    pool.close();
  `);
  expect(result).toMatchObject(FINE);
});

it('rows that were transferred, or are too short, are an error and no fault', () => {
  const result = runChild(`
    const pool = new Pool(1, 1 << 20);
    pool.open(false);
    pool.submitStat('/', 0);
    until(() => pool.stats().finished === 1);
    const rows = new ArrayBuffer(ROW_BYTES);
    structuredClone(rows, { transfer: [rows] });
    for (const bad of [rows, new ArrayBuffer(0), new ArrayBuffer(ROW_BYTES - 1)]) {
      assert.throws(() => pool.takeCompletions(bad, 1), { code: 'ERR_OUT_OF_RANGE' });
    }
    assert.equal(pool.takeCompletions(new ArrayBuffer(ROW_BYTES), 1), 1);
    pool.close();
  `);
  expect(result).toMatchObject(FINE);
});
