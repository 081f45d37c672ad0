// The end of a loop: close, dispose, and what is left open after many of them: nothing.
'use strict';
const assert = require('node:assert');
const { test } = require('./runner.cjs');
const { MODES, rawloop, raw, drive, pipe, leavesNothing, runProgram } = require('./support.cjs');

const { EventLoop } = rawloop;

/** A loop with one of everything, used and closed. */
async function oneLife(mode) {
  const loop = new EventLoop();
  const [readEnd, writeEnd] = pipe();
  loop.watch(readEnd, { read: true }, () => {}).unref();
  loop.onSignal('SIGUSR2', () => {});
  loop.fs.stat('/').catch(() => {});
  const server = loop.listen(
    { host: '127.0.0.1', port: 0 },
    { data: (socket, chunk) => socket.write(chunk) },
  );
  loop.connect(
    { host: '127.0.0.1', port: server.address.port },
    {
      open: (socket) => socket.write('x'),
      data(socket) {
        socket.destroy();
        server.close();
      },
    },
  );
  await drive(loop, mode);
  loop.close();
  raw.close(readEnd);
  raw.close(writeEnd);
}

for (const mode of MODES) {
  test(`${mode}: 20 loops with one of everything leave no descriptor`, () =>
    leavesNothing(() => oneLife(mode), 20));
}

test('close closes every handle, calls back, and refuses what comes after', () => {
  const loop = new EventLoop();
  const log = [];
  const handlers = { close: () => log.push('closed') };
  loop.listen({ host: '127.0.0.1', port: 0 }, handlers);
  loop.connect({ host: '127.0.0.1', port: 1 }, handlers);
  loop.setTimeout(() => log.push('never'), 0);
  loop.close();
  loop.close();
  assert.ok(log.includes('closed') && !log.includes('never'), log.join());
  assert.strictEqual(loop.closed, true);
  assert.throws(() => loop.setTimeout(() => {}, 1), { code: 'ERR_LOOP_CLOSED' });
  assert.throws(() => loop.run(), { code: 'ERR_LOOP_CLOSED' });
});

test('close inside a callback waits for the end of the iteration', () => {
  const loop = new EventLoop();
  const log = [];
  loop.setImmediate(() => {
    loop.close();
    log.push('first');
  });
  loop.setImmediate(() => log.push('second'));
  loop.run();
  assert.deepStrictEqual([log, loop.closed], [['first', 'second'], true]);
});

test('dispose is close', () => {
  const loop = new EventLoop();
  loop[Symbol.dispose]();
  assert.strictEqual(loop.closed, true);
});

test('a closed attached loop keeps no process', () => {
  const { status, said } = runProgram(`
    const loop = new EventLoop().attach();
    loop.listen({ host: '127.0.0.1', port: 0 }, {});
    setTimeout(() => { loop.close(); say('closed'); }, 10);`);
  assert.deepStrictEqual([status, said], [0, ['closed']]);
});
