// The loop that owns its thread: phases in their order, promises between callbacks,
// errors that leave run() and lose nothing.
'use strict';
const assert = require('node:assert');
const { Worker } = require('node:worker_threads');
const { test } = require('./runner.cjs');
const { DIST, rawloop, raw, host, run, pipe, runProgram } = require('./support.cjs');

const { EventLoop } = rawloop;

/** A loop and a log for one test. */
function withLoop(body, options) {
  return async () => {
    const loop = new EventLoop(options);
    try {
      await body(loop, []);
    } finally {
      loop.close();
    }
  };
}

test(
  'timers run by due time, then by age, and never early',
  withLoop(async (loop, log) => {
    let startMs = 0;
    let timers = [];
    // Again, should the machine stand still between the two for so long that the first is due first.
    do {
      for (const timer of timers) loop.clearTimeout(timer);
      startMs = performance.now();
      timers = [loop.setTimeout(() => log.push('b'), 100), loop.setTimeout(() => log.push('a'), 5)];
    } while (performance.now() - startMs > 50);
    loop.setTimeout((...args) => log.push(...args), 100, 'c', 'd');
    loop.clearTimeout(loop.setTimeout(() => log.push('never'), 1));
    await run(loop);
    assert.deepStrictEqual(log, ['a', 'b', 'c', 'd']);
    assert.ok(performance.now() - startMs >= 100);
  }),
);

test(
  'an iteration is timers, poll, immediates, closing',
  withLoop(async (loop, log) => {
    const [readEnd, writeEnd] = pipe();
    raw.write(writeEnd, Buffer.from('x'));
    loop.setImmediate(() => log.push('immediate'));
    loop.watch(readEnd, { read: true }, (_ready, watcher) => {
      log.push('poll');
      watcher.close();
    });
    loop.prepare((hook) => {
      log.push('prepare');
      hook.close();
    });
    loop.setTimeout(() => log.push('timer'), 0);
    // So that the timer is due in the first iteration.
    const endMs = performance.now() + 2;
    while (performance.now() < endMs);
    await run(loop);
    assert.deepStrictEqual(log, ['timer', 'prepare', 'poll', 'immediate']);
    raw.close(readEnd);
    raw.close(writeEnd);
  }),
);

test(
  'ticks and promises run between any two callbacks',
  withLoop(async (loop, log) => {
    loop.setImmediate(() => {
      Promise.resolve().then(() => log.push('promise'));
      loop.nextTick(() => log.push('tick'));
      log.push('first');
    });
    loop.setImmediate(async () => {
      log.push('second');
      await null;
      log.push('awaited');
      process.nextTick(() => log.push('host tick'));
    });
    loop.setImmediate(() => log.push('third'));
    await run(loop);
    const expected = ['first', 'tick', 'promise', 'second', 'awaited', 'host tick', 'third'];
    assert.deepStrictEqual(log, expected);
  }),
);

test.unless(
  host === 'bun' && 'Bun runs promises first when it is asked to drain by hand',
  "the host's nextTick comes before promises",
  withLoop(async (loop, log) => {
    loop.setImmediate(() => {
      Promise.resolve().then(() => log.push('promise'));
      process.nextTick(() => log.push('host tick'));
    });
    loop.setImmediate(() => log.push('next'));
    await run(loop);
    assert.deepStrictEqual(log, ['host tick', 'promise', 'next']);
  }),
);

test(
  "drain: 'batch' runs ticks and promises once a batch",
  withLoop(
    async (loop, log) => {
      loop.setImmediate(() => void Promise.resolve().then(() => log.push('promise')));
      loop.setImmediate(() => log.push('second'));
      await run(loop);
      assert.deepStrictEqual(log, ['second', 'promise']);
    },
    { drain: 'batch' },
  ),
);

test(
  'an error leaves run(), and the rest of the batch comes with the next',
  withLoop((loop, log) => {
    loop.setImmediate(() => {
      throw new Error('on purpose');
    });
    loop.setImmediate(() => log.push('after'));
    assert.throws(() => loop.run(), /on purpose/);
    assert.strictEqual(loop.run(), false);
    assert.deepStrictEqual(log, ['after']);
  }),
);

test(
  'once, nowait and stop return while something is alive',
  withLoop((loop, log) => {
    const [readEnd, writeEnd] = pipe();
    const watcher = loop.watch(readEnd, { read: true }, () => log.push('read'));
    assert.strictEqual(loop.run('nowait'), true);
    raw.write(writeEnd, Buffer.from('x'));
    assert.strictEqual(loop.run('once'), true);
    assert.deepStrictEqual(log, ['read']);
    loop.setImmediate(() => loop.stop());
    assert.strictEqual(loop.run(), true);
    watcher.close();
    assert.strictEqual(loop.run(), false);
    raw.close(readEnd);
    raw.close(writeEnd);
  }),
);

test(
  'what is not referenced keeps nothing alive',
  withLoop((loop) => {
    loop.setInterval(() => {}, 1e6).unref();
    assert.strictEqual(loop.alive, false);
    assert.strictEqual(loop.run(), false);
  }),
);

test(
  'a Worker wakes the wait',
  withLoop(async (loop) => {
    const source = `
      const { wake } = require(${JSON.stringify(`${DIST}/index.cjs`)});
      const { workerData } = require('node:worker_threads');
      wake(workerData.waker);`;
    const worker = new Worker(source, { eval: true, workerData: { waker: loop.waker } });
    const ended = new Promise((resolve, reject) => {
      worker.on('exit', resolve);
      worker.on('error', reject);
    });
    const [readEnd, writeEnd] = pipe();
    loop.watch(readEnd, { read: true }, () => {});
    // Nothing else ends this wait.
    await run(loop, 'once');
    await ended;
    raw.close(readEnd);
    raw.close(writeEnd);
  }),
);

const INSIDE_PROMISE = `
  Promise.resolve().then(() => {
    const loop = new EventLoop();
    loop.setImmediate(() => Promise.resolve().then(() => say('promise')));
    loop.setImmediate(() => say('second'));
    loop.run();
    say('returned');
    loop.close();
  });`;

test('run() inside a promise callback warns, unless this host can drain there', () => {
  const { status, said, stderr } = runProgram(INSIDE_PROMISE);
  assert.strictEqual(status, 0);
  if (host === 'bun') {
    assert.deepStrictEqual([said, stderr], [['promise', 'second', 'returned'], '']);
  } else {
    assert.deepStrictEqual(said, ['second', 'returned', 'promise']);
    assert.match(stderr, /run\(\) was called from inside a promise callback/);
  }
});
