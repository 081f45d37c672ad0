// The ids of requests outlive the pool's close(), which deletes the queued jobs.
//
// Without forgetting the ids there: cancel() uses freed memory, and the child dies of
// SIGSEGV.
import { expect, it } from 'vitest';
import { FINE, runChild } from '../pool/support.js';

it('an id that is cancelled after close() leads nowhere', () => {
  const result = runChild(`
    for (let round = 0; round < 20; round++) {
      const pool = new Pool(1, 1 << 20);
      pool.open(false);
      pool.submitPbkdf2(text, text, 20000, 64, 'sha512');
      const ids = Array.from({ length: 500 }, () => pool.submitStat('/' + 'x'.repeat(200), 0));
      pool.close();
      // Freed memory is used again, with other bytes in it.
      const others = Array.from({ length: 500 }, () => Buffer.alloc(200, 1));
      for (const id of ids) assert.equal(pool.cancel(id), false);
      assert.equal(pool.submitStat('/', 0) < 0, true);
      assert.equal(others.length, 500);
    }
  `);
  expect(result).toMatchObject(FINE);
});
