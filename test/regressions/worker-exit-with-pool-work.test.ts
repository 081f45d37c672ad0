// Trap 17: a Worker ends while the pool has work. The environment's cleanup hook
// drops what is queued and joins the threads, before Node unloads the addon.
//
// Without the hook: the threads outlive their Worker, and no test here ends.
// Without the exit handler of the pool as well, which also runs when the addon is
// unloaded: the threads run unmapped code, and the children die of SIGSEGV. Without
// closing the wake-up: a descriptor leaks for each Worker.
import { expect, it } from 'vitest';
import { addonPath, FINE, POOL_CLASS, runChild } from '../pool/support.js';

/** A Worker with four busy threads and a queue behind them. */
const BUSY_WORKER = `
  const { parentPort } = require('node:worker_threads');
  const addon = require(${JSON.stringify(addonPath)});
  ${POOL_CLASS}
  const pool = new Pool(4, 1 << 20);
  pool.open(false);
  const text = Buffer.from('x');
  for (let i = 0; i < 100; i++) {
    pool.submitPbkdf2(text, text, 20000, 64, 'sha512');
    pool.submitStat('/', 0);
  }
  parentPort.postMessage(pool.stats().threads);
`;

const ENDS = {
  'is terminated': 'setInterval(() => {}, 1000);',
  'calls process.exit': "parentPort.on('message', () => process.exit(0));",
  'comes to its natural end': "parentPort.once('message', () => {});",
  throws: "parentPort.once('message', () => { throw new Error('on purpose'); });",
};

it.each(Object.entries(ENDS))(
  'a Worker that %s with pool work in flight takes its threads and descriptors along',
  (how, end) => {
    // The main thread does not load the addon: each Worker is the last to hold it.
    const result = runChild(
      `
      const { Worker } = require('node:worker_threads');
      const { once } = require('node:events');
      const fs = require('node:fs');
      const assert = require('node:assert/strict');
      const open = () => fs.readdirSync('/proc/self/fd').length;
      const threads = () => fs.readdirSync('/proc/self/task')
        .map((id) => {
          // A thread may end in between.
          try { return fs.readFileSync('/proc/self/task/' + id + '/comm', 'latin1').trim(); }
          catch { return ''; }
        })
        .filter((name) => name === 'rawloop-pool').length;
      const oneWorker = async () => {
        const worker = new Worker(${JSON.stringify(BUSY_WORKER + end)}, { eval: true });
        worker.on('error', () => {});
        const [count] = await once(worker, 'message');
        assert.equal(count, 4);
        const exit = new Promise((resolve) => worker.on('exit', resolve));
        if (${JSON.stringify(how)} === 'is terminated') worker.terminate();
        else worker.postMessage('end');
        await exit;
        // The kernel lists a thread for a moment after it was joined.
        while (threads() > 0) await new Promise(setImmediate);
      };
      (async () => {
        // The first leaves some of Node's own descriptors open.
        await oneWorker();
        const before = open();
        for (let i = 0; i < ${how === 'is terminated' ? 50 : 5}; i++) await oneWorker();
        while (open() > before) await new Promise(setImmediate);
      })();
    `,
      { bare: true },
    );
    expect(result).toMatchObject(FINE);
  },
);

it('two Workers and the main thread have a pool each', () => {
  const result = runChild(`
    const { Worker } = require('node:worker_threads');
    const { once } = require('node:events');
    const own = new Pool(3, 1 << 20);
    own.open(false);
    const id = own.submitStat('/', 0);
    (async () => {
      const source = ${JSON.stringify(`${BUSY_WORKER} setInterval(() => {}, 1000);`)};
      const workers = [new Worker(source, { eval: true }), new Worker(source, { eval: true })];
      await Promise.all(workers.map((worker) => once(worker, 'message')));
      await Promise.all(workers.map((worker) => worker.terminate()));
      until(() => threadsNamed('rawloop-pool').length === 3);
      until(() => own.stats().finished === 1);
      assert.equal(own.takeCompletions(new ArrayBuffer(ROW_BYTES), 1), 1);
      assert.equal(own.submitStat('/', 0) >= 0, true);
      own.close();
    })();
  `);
  expect(result).toMatchObject(FINE);
});
