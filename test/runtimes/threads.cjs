// ThreadPerConnectionServer: it echoes while JavaScript computes, and ends cleanly.
'use strict';
const assert = require('node:assert');
const { test } = require('./runner.cjs');
const {
  MODES,
  rawloop,
  raw,
  constants: c,
  run,
  drive,
  leavesNothing,
  runProgram,
} = require('./support.cjs');

const { EventLoop, ThreadPerConnectionServer } = rawloop;

test('it echoes to a blocking client, with this thread in a system call', () => {
  const loop = new EventLoop();
  const server = new ThreadPerConnectionServer({ host: '127.0.0.1', loop }).start();
  const fd = raw.check(raw.socket(c.AF_INET, c.SOCK_STREAM), 'socket');
  raw.check(raw.connect(fd, server.address), 'connect');
  assert.strictEqual(raw.send(fd, Buffer.from('hello')), 5);
  const bytes = Buffer.alloc(5);
  for (let got = 0; got < 5; ) {
    got += raw.check(raw.recv(fd, bytes, got, 5 - got), 'recv');
  }
  assert.strictEqual(bytes.toString(), 'hello');
  assert.strictEqual(server.stats.connections, 1);
  raw.close(fd);
  server.stop();
  assert.strictEqual(server.stats.threads, 0);
  loop.close();
});

for (const mode of MODES) {
  test(`${mode}: 20 clients of a loop are served by 20 threads`, async () => {
    const loop = new EventLoop();
    const server = new ThreadPerConnectionServer({ host: '127.0.0.1', loop }).start();
    let done = 0;
    let most = 0;
    for (let i = 0; i < 20; i++) {
      loop.connect(
        { host: '127.0.0.1', port: server.address.port },
        {
          open: (socket) => socket.write('x'),
          data() {
            most = Math.max(most, server.stats.threads);
            // All are open before the first one goes.
            if (++done === 20) loop.setImmediate(() => server.stop());
          },
          end: (socket) => socket.end(),
        },
      );
    }
    await drive(loop, mode);
    assert.deepStrictEqual([done, most, server.stats.threads], [20, 20, 0]);
    loop.close();
  });
}

test('start and stop leave no descriptor', async () => {
  const loop = new EventLoop();
  await leavesNothing(() => {
    new ThreadPerConnectionServer({ host: '127.0.0.1', loop }).start().stop();
    return run(loop);
  }, 10);
  loop.close();
});

test('a process with a started server ends as it is told', () => {
  const { status, signal } = runProgram(`
    const server = new rawloop.ThreadPerConnectionServer({ host: '127.0.0.1' }).start();
    defaultLoop().connect({ host: '127.0.0.1', port: server.address.port }, {
      open: (socket) => socket.write('x'),
      data: () => process.exit(5),
    });`);
  assert.deepStrictEqual([status, signal], [5, null]);
});
