// Streams over descriptors that were opened elsewhere, and the way back: detach, to another
// loop and to a Worker.
'use strict';
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { Worker } = require('node:worker_threads');
const { test } = require('./runner.cjs');
const { DIST, MODES, rawloop, raw, constants: c, drive, folder } = require('./support.cjs');

const { EventLoop } = rawloop;
const text = (chunk) => Buffer.from(chunk).toString();
/** How the other end of a pipe or pair sees it: blocking, as inherited ones are. */
const blockingPipe = () => raw.check(raw.pipe2(0), 'pipe2');

for (const mode of MODES) {
  test(`${mode}: a pipe that blocks is read to its end, and written`, async () => {
    const loop = new EventLoop();
    const [[inEnd, source], [sink, outEnd]] = [blockingPipe(), blockingPipe()];
    let heard = '';
    loop.stream(inEnd, {}, { data: (_stream, chunk) => (heard += text(chunk)) });
    raw.write(source, Buffer.from('through a pipe'));
    raw.close(source);
    loop.stream(outEnd, {}, {}).end('into another');
    await drive(loop, mode);
    const bytes = new Uint8Array(32);
    assert.strictEqual(heard, 'through a pipe');
    assert.strictEqual(text(bytes.subarray(0, raw.read(sink, bytes))), 'into another');
    raw.close(sink);
    assert.strictEqual(raw.fcntl(inEnd, c.F_GETFD), -c.EBADF);
    loop.close();
  });

  test(`${mode}: detach leaves what is unread to the next loop`, async () => {
    const [first, second] = [new EventLoop(), new EventLoop()];
    const [ours, its] = raw.check(raw.socketpair(c.AF_UNIX, c.SOCK_STREAM, 0), 'socketpair');
    raw.write(its, Buffer.from('told'));
    let detached;
    let told = '';
    first.stream(
      ours,
      {},
      {
        data(stream, chunk) {
          told += text(chunk);
          raw.write(its, Buffer.from('unread'));
          detached = stream.detach();
        },
      },
    );
    await drive(first, mode);
    assert.deepStrictEqual([detached, told], [ours, 'told']);
    second.stream(
      detached,
      {},
      {
        data(stream, chunk) {
          told += ` ${text(chunk)}`;
          stream.end('done');
          raw.close(its);
        },
      },
    );
    await drive(second, mode);
    assert.strictEqual(told, 'told unread');
    for (const loop of [first, second]) loop.close();
  });
}

test('a connection goes to a Worker, which goes on with it', async () => {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
    const { EventLoop } = require(${JSON.stringify(`${DIST}/index.cjs`)});
    const loop = new EventLoop().attach();
    parentPort.once('message', (fd) => loop.stream(fd, {}, {
      data: (stream, chunk) => stream.end('worker got ' + Buffer.from(chunk)),
    }));
    parentPort.postMessage('ready');`,
    { eval: true },
  );
  await new Promise((resolve) => worker.once('message', resolve));
  const loop = new EventLoop();
  let answer = '';
  const server = loop.listen(
    { host: '127.0.0.1', port: 0 },
    {
      data(socket) {
        const fd = socket.detach();
        raw.check(raw.release(fd), 'release');
        worker.postMessage(fd);
        server.close();
        client.write('second');
      },
    },
  );
  const client = loop.connect(
    { host: '127.0.0.1', port: server.address.port },
    { data: (_socket, chunk) => (answer += text(chunk)) },
  );
  client.write('first');
  await drive(loop, 'guest');
  assert.strictEqual(answer, 'worker got second');
  loop.close();
  await worker.terminate();
});

test('what the host has opened is taken over, and closed once', async () => {
  const loop = new EventLoop();
  const fifo = path.join(folder(), 'fifo');
  execFileSync('mkfifo', [fifo]);
  const fd = fs.openSync(fifo, 'r+');
  let heard = '';
  const stream = loop.stream(
    fd,
    {},
    {
      data(self, chunk) {
        heard += text(chunk);
        self.destroy();
      },
    },
  );
  stream.write('to itself');
  await drive(loop, 'guest');
  assert.strictEqual(heard, 'to itself');
  assert.strictEqual(raw.fcntl(fd, c.F_GETFD), -c.EBADF);
  loop.close();
});
