// pthread_create fails (EAGAIN): the pool reports it and goes on with the threads it
// has; a request is refused only when there is none.
//
// Without the check of its result, or with the request queued all the same: nobody
// serves the queue, and the first test times out.
import { afterEach, expect, it } from 'vitest';
import { FINE, runChild, TestLoop } from '../pool/support.js';

// More than any address space has room for.
const IMPOSSIBLE_STACK_BYTES = 2 ** 50;

let loop: TestLoop | undefined;
afterEach(() => loop?.close());

it('a request is rejected when no thread can be started', async () => {
  loop = new TestLoop({ stackBytes: IMPOSSIBLE_STACK_BYTES });
  for (const request of [loop.fs.stat('/'), loop.crypto.pbkdf2('p', 's', 1, 8, 'sha256')]) {
    await expect(request).rejects.toMatchObject({
      code: 'ERR_POOL_NO_THREAD',
      cause: { code: 'EAGAIN', syscall: 'pthread_create' },
    });
  }
  expect(loop.alive).toBe(false);
  const { threads, queued, startErrno } = loop.pool.stats();
  expect({ threads, queued }).toEqual({ threads: 0, queued: 0 });
  expect(startErrno).toBeLessThan(0);
});

it('a pool with fewer threads than it wants serves all the same', () => {
  const result = runChild(`
    const { execFileSync } = require('node:child_process');
    const status = fs.readFileSync('/proc/self/status', 'latin1');
    const used = Number(/VmSize:\\s*(\\d+) kB/.exec(status)[1]) * 1024;
    const stack = 2 ** 28;
    // Room for two stacks and a half.
    const limit = String(Math.round(used + 2.5 * stack));
    execFileSync('prlimit', ['--pid', String(process.pid), '--as=' + limit + ':unlimited']);
    const pool = new Pool(8, stack);
    pool.open(false);
    for (let i = 0; i < 100; i++) assert.ok(pool.submitStat('/', 0) >= 0);
    until(() => pool.stats().finished === 100);
    const { threads, startErrno } = pool.stats();
    assert.ok(threads >= 1 && threads < 8, String(threads));
    assert.ok(startErrno < 0);
    // What was in the way is gone: resize tries again.
    execFileSync('prlimit', ['--pid', String(process.pid), '--as=unlimited']);
    pool.resize(8);
    assert.deepEqual([pool.stats().threads, pool.stats().startErrno], [8, 0]);
    pool.close();
  `);
  expect(result).toMatchObject(FINE);
});
