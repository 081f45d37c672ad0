// Worker threads with a loop each: they end in every way a Worker can end, and leave
// nothing behind.
'use strict';
const assert = require('node:assert');
const { Worker } = require('node:worker_threads');
const { test } = require('./runner.cjs');
const fs = require('node:fs');
const path = require('node:path');
const support = require('./support.cjs');

const { DIST, rawloop, host, drive, folder, until, leavesNothing, runProgram } = support;

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
  'descriptors that were received and taken, that wait to be read, and that wait to be sent': `
    const loop = defaultLoop();
    const c = raw.constants;
    const pair = () => raw.check(raw.socketpair(c.AF_UNIX, c.SOCK_STREAM, 0), 'socketpair');
    const [[a, b], [d, e]] = [pair(), pair()];
    const [readEnd] = raw.pipe2();
    const sender = loop.stream(a, {}, {});
    let taken;
    const receiver = loop.stream(b, {}, { data(socket, chunk, fds) {
      taken = fds.take();
      socket.pause();
      sender.write('unread', { fds: [readEnd, readEnd] });
      parentPort.postMessage(taken.length);
    } });
    sender.write('x', { fds: [readEnd, readEnd, readEnd] });
    const full = loop.stream(d, {}, {});
    loop.stream(e, {}, {}).pause();
    while (full.bufferedBytes === 0) full.write(new Uint8Array(65536), { fds: [readEnd] });
    for (let i = 0; i < 20; i++) full.write('x', { fds: [readEnd, readEnd] });`,
  'datagram sockets, of which one waits for a peer': `
    const loop = defaultLoop();
    const [readEnd] = raw.pipe2();
    const server = loop.dgram({ host: '127.0.0.1' }, {
      message: (socket, chunk, from) => socket.send(chunk, from),
    });
    const { port } = server.address;
    const client = loop.dgram({ to: { host: '127.0.0.1', port } }, {
      message: (socket, chunk) => socket.send(chunk),
    });
    for (let i = 0; i < 10; i++) client.send('x');
    const c = raw.constants;
    const [a, b] = raw.check(raw.socketpair(c.AF_UNIX, c.SOCK_DGRAM, 0), 'socketpair');
    const full = loop.dgram({ fd: a, highWaterMark: 0 }, {});
    loop.dgram({ fd: b }, {}).pause();
    let left = 2000;
    while (full.send('x', undefined, { fds: [readEnd] }) && --left > 0) loop.flush();
    parentPort.postMessage('ready');`,
  'a pipe as a stream, and one that was detached': `
    const loop = defaultLoop();
    loop.stream(raw.pipe2()[0], {}, { data() {} });
    loop.stream(raw.pipe2()[0], {}, { data() {} }).detach();
    (async () => { for await (const chunk of loop.stream(raw.pipe2()[0])) chunk; })();
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

function orInUse(make) {
  try {
    return make();
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error;
    return undefined;
  }
}

test('the place of a Unix socket in a Worker that is terminated is free', async () => {
  const where = path.join(folder(), 'socket');
  for (const kind of ['listen', 'dgram']) {
    const server = `defaultLoop().${kind}({ path: ${JSON.stringify(where)} }, {});
      parentPort.postMessage('ready');`;
    await leavesNothing(() => terminated(server), 3);
    // No callback of a Worker's runs as it is terminated: its file is there, and taken over.
    assert.strictEqual(fs.existsSync(where), true);
    const loop = new rawloop.EventLoop();
    // Deno's Worker has told of its end, and closes its descriptors then.
    const taken = await until(() => orInUse(() => loop[kind]({ path: where }, {})));
    taken.close();
    await drive(loop, 'guest');
    loop.close();
    assert.strictEqual(fs.existsSync(where), false);
  }
});

test('a Worker that ends by closing its loop takes the file of its socket along', async () => {
  const where = path.join(folder(), 'socket');
  const running = start(`
    const loop = defaultLoop();
    for (const kind of ['listen', 'dgram']) loop[kind]({ path: ${JSON.stringify(where)} + kind }, {});
    setTimeout(() => loop.close(), 5);`);
  assert.strictEqual(await running.ended(), 0);
  assert.deepStrictEqual(fs.readdirSync(path.dirname(where)), []);
});

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
