// Trap 17 for the main thread: process.exit() does not run the cleanup hooks of
// addons there, but exit(3) takes down OpenSSL and whatever else has exit handlers
// while the pool's threads still use it. So the pool has an exit handler too.
//
// Without it: about one child in twenty of these dies of SIGSEGV.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { addonPath, FINE, POOL_CLASS, runChild } from '../pool/support.js';

const CHILDREN = 60;
const AT_ONCE = 4;

const SCRIPT = `
  const addon = require(${JSON.stringify(addonPath)});
  ${POOL_CLASS}
  const pool = new Pool(8, 1 << 20);
  pool.open(false);
  const text = Buffer.from('x');
  for (let i = 0; i < 2000; i++) {
    pool.submitPbkdf2(text, text, 30, 64, i % 2 ? 'sha512' : 'sha3-256');
  }
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.random() * 4);
  process.exit(7);
`;

it('process.exit() with work queued and running ends the process as asked', async () => {
  const ends: unknown[] = [];
  let left = CHILDREN;
  const run = async () => {
    while (left-- > 0) {
      const child = spawn(process.execPath, ['-e', SCRIPT], { stdio: 'ignore' });
      const [code, signal] = await once(child, 'exit');
      ends.push(signal ?? code);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, run));
  expect(ends).toEqual(Array(CHILDREN).fill(7));
});

it('the natural end of the process with work in flight waits for what runs', () => {
  const result = runChild(`
    const pool = new Pool(2, 1 << 20);
    pool.open(false);
    for (let i = 0; i < 50; i++) pool.submitPbkdf2(text, text, 50000, 64, 'sha512');
    until(() => pool.stats().running === 2);
  `);
  expect(result).toMatchObject(FINE);
});

it('a pool that is dropped and collected while it works does no harm', () => {
  const result = runChild(
    `
    for (let i = 0; i < 30; i++) {
      const pool = new Pool(2, 1 << 20);
      pool.open(i % 2 === 0);
      for (let j = 0; j < 20; j++) pool.submitPbkdf2(text, text, 2000, 64, 'sha512');
      if (i % 3 === 0) pool.close();
    }
    const before = fs.readdirSync('/proc/self/fd').length;
    (async () => {
      while (threadsNamed('rawloop-pool').length > 0) {
        gc();
        await new Promise(setImmediate);
      }
      assert.ok(fs.readdirSync('/proc/self/fd').length < before - 15);
    })();
  `,
    { flags: ['--expose-gc'] },
  );
  expect(result).toMatchObject(FINE);
});
