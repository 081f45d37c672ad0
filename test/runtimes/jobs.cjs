// loop.workers: JavaScript jobs on threads, and how these end.
'use strict';
const assert = require('node:assert');
const { test } = require('./runner.cjs');
const { MODES, rawloop, host, drive, leavesNothing } = require('./support.cjs');

const { EventLoop } = rawloop;

const CODE = `
const JOBS = {
  echo: (value) => value,
  async later(value) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return value;
  },
  moves(size, context) {
    const bytes = new Uint8Array(size);
    context.transfer(bytes.buffer);
    return bytes;
  },
  throws(code) {
    throw Object.assign(new RangeError('mine', { cause: 'why' }), { code });
  },
  function: () => () => {},
  exit: (code) => process.exit(code),
  uncaught() {
    setTimeout(() => { throw new Error('nobody caught it'); }, 1);
    return new Promise(() => {});
  },
  spin(words) {
    Atomics.store(words, 0, 1);
    for (;;);
  },
};
module.exports = ([name, ...given], context) => JOBS[name](...given, context);`;

/** How jobs ended that were asked for at once, with `loop` driven until all have. */
async function outcomes(loop, mode, workers, jobs) {
  const all = Promise.allSettled(jobs.map((job) => workers.run(job)));
  await drive(loop, mode);
  return (await all).map(({ value, reason }) => reason ?? value);
}

for (const mode of MODES) {
  test(`${mode}: jobs get copies and give them, and throw what they throw`, async () => {
    const loop = new EventLoop();
    const workers = loop.workers({ code: CODE, size: 2 });
    const shared = new Int32Array(new SharedArrayBuffer(4));
    const values = [1, undefined, 'text', { a: [1n, new Date(5)] }, new Uint8Array(100_000)];
    const echoed = await outcomes(
      loop,
      mode,
      workers,
      values.map((value) => ['echo', value]),
    );
    assert.deepStrictEqual(echoed, values);
    const [later, moved, same, thrown, noCopy] = await outcomes(loop, mode, workers, [
      ['later', 5],
      ['moves', 7],
      ['echo', shared],
      ['throws', 'EMINE'],
      ['function'],
    ]);
    same[0] = 9;
    assert.deepStrictEqual([later, moved.length, shared[0]], [5, 7, 9]);
    assert.deepStrictEqual(
      [thrown instanceof RangeError, thrown.message, thrown.code, thrown.cause],
      [true, 'mine', 'EMINE', 'why'],
    );
    assert.strictEqual(noCopy.name, 'DataCloneError');
    loop.close();
  });

  test(`${mode}: a thread that ends takes its job along, and no other`, async () => {
    const loop = new EventLoop();
    const workers = loop.workers({ code: CODE, size: 1 });
    for (const [job, told] of [
      [['exit', 3], { exitCode: 3 }],
      [['uncaught'], {}],
    ]) {
      const [before, lost, after] = await outcomes(loop, mode, workers, [
        ['echo', 1],
        job,
        ['echo', 2],
      ]);
      assert.deepStrictEqual([before, after], [1, 2]);
      assert.strictEqual(lost.code, 'ERR_WORKER_EXITED');
      for (const name of Object.keys(told)) assert.strictEqual(lost[name], told[name]);
    }
    assert.strictEqual(workers.stats().crashed, 2);
    loop.close();
  });

  test(`${mode}: code that cannot be loaded rejects all jobs, once`, async () => {
    const loop = new EventLoop();
    const workers = loop.workers({ code: 'throw new Error("as it loads")', size: 1 });
    const all = await outcomes(loop, mode, workers, [1, 2, 3]);
    for (const { code, message } of all) {
      assert.deepStrictEqual([code, /as it loads/.test(message)], ['ERR_WORKER_NOT_LOADED', true]);
    }
    assert.strictEqual(workers.stats().crashed, 1);
    loop.close();
  });

  test(`${mode}: a job that does not hear of its abort loses its thread`, async () => {
    const loop = new EventLoop();
    const workers = loop.workers({ code: CODE, size: 1, abortGraceMs: 1 });
    const controller = new AbortController();
    const words = new Int32Array(new SharedArrayBuffer(4));
    const spun = workers.run(['spin', words], { signal: controller.signal });
    const refused = assert.rejects(spun, { code: 'ABORT_ERR' });
    const timer = loop.setInterval(() => {
      if (Atomics.load(words, 0) === 0) return;
      loop.clearInterval(timer);
      controller.abort();
    }, 1);
    assert.deepStrictEqual(await outcomes(loop, mode, workers, [['echo', 1]]), [1]);
    await refused;
    assert.strictEqual(workers.stats().terminated, 1);
    loop.close();
  });
}

const LEFT = 'Deno leaves two descriptors of a Worker that has loaded any addon';
test.unless(host === 'deno' && LEFT, 'threads leave nothing behind', () =>
  leavesNothing(async () => {
    const loop = new EventLoop();
    const workers = loop.workers({ code: CODE, size: 2 });
    await outcomes(
      loop,
      'guest',
      workers,
      [1, 2, 3].map((value) => ['echo', value]),
    );
    loop.close();
  }),
);
