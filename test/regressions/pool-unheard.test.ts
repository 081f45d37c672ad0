// A pool whose wake-up the poller dropped took work, kept the loop alive for it and never
// told of it. It refuses work now, with the poller's reason.
//
// When the handle stays open after the error, the second request is taken, and run()
// never returns.
import { expect, it } from 'vitest';
import { newLoop, outside } from '../loop/support.js';

it('work in flight and later work fail with the error of the poller', async () => {
  const loop = newLoop({ poolSize: 1 });
  const first = loop.fs.stat('/');
  const handle = loop.table.handles.find((other) => other?.describe() === 'Pool completions');
  const reason = new Error('the poller would not have it');
  handle?.failWith(reason);
  await expect(first).rejects.toBe(reason);
  await expect(loop.fs.stat('/')).rejects.toBe(reason);
  await expect(loop.crypto.pbkdf2('key', 'salt', 1, 16, 'sha256')).rejects.toBe(reason);
  expect(await outside(() => loop.run())).toBe(false);
  expect(loop.pool.stats()).toMatchObject({ queued: 0, running: 0 });
  loop.pool.resize(2);
});
