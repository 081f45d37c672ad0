// The loop inside the host's own: the host's timers, http and streams go on, the
// process ends by itself, and errors are the host's uncaughtException.
'use strict';
const assert = require('node:assert');
const http = require('node:http');
const { test } = require('./runner.cjs');
const { rawloop, raw, until, pipe, runProgram } = require('./support.cjs');

const { EventLoop, defaultLoop, watch } = rawloop;

test("the host's timers and the loop's run side by side", async () => {
  const log = [];
  const loop = new EventLoop().attach();
  const timers = { loop: (...args) => loop.setTimeout(...args), host: setTimeout };
  // Each sets the other's: which of two that are due already comes first is nobody's rule.
  const pass = (owner, other) => {
    log.push(owner);
    if (log.length < 4) timers[other](() => pass(other, owner), 5);
  };
  timers.loop(() => pass('loop', 'host'), 5);
  await until(() => log.length === 4);
  assert.deepStrictEqual(log, ['loop', 'host', 'loop', 'host']);
  loop.close();
});

test("the host's http is served while the loop echoes", async () => {
  const web = http.createServer((_request, response) => response.end('from the host'));
  await new Promise((resolve) => web.listen(0, '127.0.0.1', resolve));
  const loop = new EventLoop().attach();
  const server = loop.listen(
    { host: '127.0.0.1', port: 0 },
    { data: (socket, chunk) => socket.write(chunk) },
  );
  let echoed = '';
  const client = loop.connect(
    { host: '127.0.0.1', port: server.address.port },
    {
      open: (socket) => socket.write('hello'),
      data: (socket, chunk) => {
        echoed += Buffer.from(chunk).toString();
        if (echoed.length < 500) socket.write(chunk);
      },
    },
  );
  const body = await new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port: web.address().port }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve(text));
    });
    request.on('error', reject);
  });
  assert.strictEqual(body, 'from the host');
  await until(() => echoed.length >= 500);
  assert.strictEqual(echoed, 'hello'.repeat(100));
  client.destroy();
  loop.close();
  web.closeAllConnections?.();
  await new Promise((resolve) => web.close(resolve));
});

test('promises and ticks run between two callbacks here too', async () => {
  const log = [];
  const loop = new EventLoop().attach();
  loop.setImmediate(() => {
    Promise.resolve().then(() => log.push('promise'));
    log.push('first');
  });
  loop.setImmediate(() => log.push('second'));
  await until(() => log.length === 3);
  assert.deepStrictEqual(log, ['first', 'promise', 'second']);
  loop.close();
});

test('the default loop is one, and watch uses it', async () => {
  assert.strictEqual(defaultLoop(), defaultLoop());
  const [readEnd, writeEnd] = pipe();
  raw.write(writeEnd, Buffer.from('x'));
  await new Promise((resolve) => {
    watch(readEnd, { read: true }, (_ready, watcher) => {
      watcher.close();
      resolve();
    });
  });
  raw.close(readEnd);
  raw.close(writeEnd);
});

test('detach takes the loop out, attach and run bring it back', async () => {
  const log = [];
  const loop = new EventLoop().attach();
  loop.setTimeout(() => log.push('timer'), 1);
  loop.detach();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepStrictEqual(log, []);
  loop.attach();
  await until(() => log.length === 1);
  assert.throws(() => loop.run(), { code: 'ERR_LOOP_ATTACHED' });
  loop.close();
});

test('a process ends when nothing referenced is left, not before', () => {
  const { status, said, stderr } = runProgram(`
    const loop = defaultLoop();
    loop.setInterval(() => {}, 1e6).unref();
    loop.listen({ host: '127.0.0.1', port: 0 }, {}).unref();
    loop.setTimeout(() => say('last'), 30);
    process.on('exit', (code) => say('exit ' + code));`);
  assert.deepStrictEqual([status, said, stderr], [0, ['last', 'exit 0'], '']);
});

test('process.exit in a callback ends the process at once', () => {
  const { status, said } = runProgram(`
    const loop = defaultLoop();
    loop.listen({ host: '127.0.0.1', port: 0 }, {});
    loop.setTimeout(() => { process.exit(7); say('went on'); }, 1);`);
  assert.deepStrictEqual([status, said], [7, []]);
});

test("an error is the host's uncaughtException, and the rest comes after it", () => {
  const { status, said, stderr } = runProgram(`
    process.on('uncaughtException', (error) => say('caught ' + error.message));
    const loop = defaultLoop();
    loop.setImmediate(() => { throw new Error('one'); });
    loop.setImmediate(() => {
      say('the rest');
      loop.setTimeout(() => {
        loop.setTimeout(() => say('end'), 1);
        throw new Error('two');
      }, 1);
    });`);
  assert.deepStrictEqual(
    [status, said, stderr],
    [0, ['caught one', 'the rest', 'caught two', 'end'], ''],
  );
});

test('an error that nobody listens to ends the process with a code and a word', () => {
  const { status, signal, said, stderr } = runProgram(`
    const loop = defaultLoop();
    loop.setInterval(() => {}, 1e6);
    loop.setTimeout(() => { throw new Error('on purpose'); }, 1);`);
  assert.deepStrictEqual([signal, said], [null, []]);
  assert.notStrictEqual(status, 0);
  assert.match(stderr, /on purpose/);
});

test('a loop that is left open does no harm at the end', () => {
  const { status, signal, stderr } = runProgram(`
    const loop = new EventLoop();
    loop.listen({ host: '127.0.0.1', port: 0 }, {});
    new EventLoop().attach();
    new EventLoop().attach().setInterval(() => {}, 1).unref();`);
  assert.deepStrictEqual([status, signal, stderr], [0, null, '']);
});
