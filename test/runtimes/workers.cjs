// Worker threads with a loop each: they end in every way a Worker can end, and leave
// nothing behind.
'use strict';
const assert = require('node:assert');
const { Worker } = require('node:worker_threads');
const { test } = require('./runner.cjs');
const { DIST, host, until, leavesNothing, runProgram } = require('./support.cjs');

const PRELUDE = `
const { parentPort } = require('node:worker_threads');
const { EventLoop, defaultLoop, ThreadPerConnectionServer } = require(${JSON.stringify(`${DIST}/index.cjs`)});
const raw = require(${JSON.stringify(`${DIST}/raw.cjs`)});
`;

/** A Worker that runs `source`; its messages, and its end. */
function start(source) {
  const worker = new Worker(PRELUDE + source, { eval: true });
  const messages = [];
  worker.on('message', (message) => messages.push(message));
  let error;
  worker.on('error', (reason) => {
    error = reason;
  });
  const ended = new Promise((resolve) => worker.on('exit', resolve));
  return {
    worker,
    messages,
    ended: async () => {
      const code = await ended;
      if (error !== undefined) throw error;
      return code;
    },
  };
}

/** What a Worker's loop is doing when it is terminated. */
const AT_WORK = {
  'an attached loop with a server and a client': `
    const loop = defaultLoop();
    const handlers = { data: (socket, chunk) => socket.write(chunk), open(socket) {
      socket.write('x');
      parentPort.postMessage('ready');
    } };
    const server = loop.listen({ host: '127.0.0.1', port: 0 }, handlers);
    loop.connect({ host: '127.0.0.1', port: server.address.port }, handlers);
    loop.fs.stat('/').catch(() => {});
    loop.setInterval(() => {}, 1);`,
  'an attached loop that is idle': `
    defaultLoop().setInterval(() => {}, 1e6);
    parentPort.postMessage('ready');`,
  'a thread server': `
    new ThreadPerConnectionServer({ host: '127.0.0.1', port: 0 }).start();
    parentPort.postMessage('ready');`,
};

async function terminated(source) {
  const running = start(source);
  await until(() => running.messages.length > 0);
  await running.worker.terminate();
}

for (const [what, source] of Object.entries(AT_WORK)) {
  test(`a Worker with ${what} is terminated and leaves no descriptor`, () =>
    leavesNothing(() => terminated(source)));
}

test.unless(
  host === 'deno' &&
    'Deno ends no system call: the thread stays in its wait until the process ends',
  'Workers whose loops own their threads and wait for ever are terminated',
  () =>
    leavesNothing(() =>
      terminated(`
      const loop = new EventLoop();
      loop.watch(raw.pipe2()[0], { read: true }, () => {});
      loop.setImmediate(() => parentPort.postMessage('ready'));
      loop.run();`),
    ),
);

test('a Worker owns its thread by a loop and ends by itself', async () => {
  const running = start(`
    const loop = new EventLoop();
    const server = loop.listen({ host: '127.0.0.1', port: 0 }, {
      data: (socket, chunk) => socket.end(chunk),
      close: () => server.close(),
    });
    let text = '';
    loop.connect({ host: '127.0.0.1', port: server.address.port }, {
      open: (socket) => socket.write('hello'),
      data: (socket, chunk) => { text += Buffer.from(chunk).toString(); },
      end: (socket) => socket.end(),
    });
    setImmediate(() => {
      loop.run();
      loop.close();
      parentPort.postMessage(text);
    });`);
  assert.strictEqual(await running.ended(), 0);
  assert.deepStrictEqual(running.messages, ['hello']);
});

test('several Workers echo at the same time', async () => {
  const source = `
    const loop = defaultLoop();
    const server = loop.listen({ host: '127.0.0.1', port: 0 }, {
      data: (socket, chunk) => socket.write(chunk),
    });
    let count = 0;
    loop.connect({ host: '127.0.0.1', port: server.address.port }, {
      open: (socket) => socket.write('x'),
      data(socket, chunk) {
        count += chunk.length;
        if (count < 200) return void socket.write(chunk);
        loop.close();
        parentPort.postMessage(count);
      },
    });`;
  const all = Array.from({ length: 3 }, () => start(source));
  for (const running of all) await running.ended();
  assert.deepStrictEqual(
    all.map(({ messages }) => messages),
    [[200], [200], [200]],
  );
});

test('process.exit in a Worker with loops open ends the Worker alone', () => {
  const { status, signal, said, stderr } = runProgram(`
    const { Worker } = require('node:worker_threads');
    const source = ${JSON.stringify(PRELUDE)} + \`
      new EventLoop();
      defaultLoop().setInterval(() => {}, 1);
      defaultLoop().setTimeout(() => process.exit(4), 10);\`;
    new Worker(source, { eval: true }).on('exit', (code) => {
      say('ended with ' + code);
      setTimeout(() => say('alive'), 50);
    });`);
  assert.deepStrictEqual([status, signal, said, stderr], [0, null, ['ended with 4', 'alive'], '']);
});
