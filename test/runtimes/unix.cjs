// Unix sockets: streams and records, who is at the other end, descriptors both ways, and
// places that dead servers left.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('./runner.cjs');
const support = require('./support.cjs');

const { MODES, rawloop, raw, constants: c, drive, folder, pipe } = support;
const { leavesNothing, runProgram } = support;
const { EventLoop } = rawloop;
const isLinux = process.platform === 'linux';
const noRecords = process.platform === 'darwin' && 'macOS has no SOCK_SEQPACKET';
const text = (chunk) => Buffer.from(chunk).toString();
const somePath = () => path.join(folder(), 'socket');

for (const mode of MODES) {
  test(`${mode}: a stream at a path is answered, and its file goes`, async () => {
    const loop = new EventLoop();
    const where = somePath();
    let asked;
    const server = loop.listen(
      { path: where, mode: 0o600 },
      {
        data(socket, chunk) {
          asked = socket.peerCredentials();
          socket.end(`answer to ${text(chunk)}`);
          server.close();
        },
      },
    );
    assert.strictEqual(fs.statSync(where).mode & 0o777, 0o600);
    let answer = '';
    const client = loop.connect(
      { path: where },
      { data: (_socket, chunk) => (answer += text(chunk)) },
    );
    client.write('it');
    await drive(loop, mode);
    assert.strictEqual(answer, 'answer to it');
    assert.deepStrictEqual([asked.uid, asked.gid], [process.geteuid(), process.getegid()]);
    assert.strictEqual(fs.existsSync(where), false);
    loop.close();
  });

  test.unless(noRecords, `${mode}: records keep their bounds`, async () => {
    const loop = new EventLoop();
    const where = somePath();
    const records = [];
    const server = loop.listen(
      { path: where, type: 'seqpacket' },
      {
        data: (_socket, chunk) => records.push(text(chunk)),
        close: () => server.close(),
      },
    );
    const client = loop.connect({ path: where, type: 'seqpacket' }, {});
    for (const record of ['one', 'two', 'three']) client.write(record);
    client.end();
    await drive(loop, mode);
    assert.deepStrictEqual(records, ['one', 'two', 'three']);
    loop.close();
  });

  test(`${mode}: descriptors go with bytes, and come back`, () =>
    leavesNothing(async () => {
      const loop = new EventLoop();
      const type = c.SOCK_STREAM | (c.SOCK_NONBLOCK ?? 0);
      const [ours, its] = raw.check(raw.socketpair(c.AF_UNIX, type, 0), 'socketpair');
      const [readEnd, writeEnd] = pipe();
      let count = 0;
      loop
        .stream(
          ours,
          {},
          {
            data(socket, _chunk, fds) {
              count += fds.length;
              const [fd, other] = fds.take();
              raw.check(raw.write(fd, Buffer.from('by two sockets')), 'write');
              for (const one of [fd, other]) raw.close(one);
              socket.end();
            },
          },
        )
        .write('there', { fds: [writeEnd] });
      raw.close(writeEnd);
      loop.stream(
        its,
        {},
        {
          data(socket, _chunk, fds) {
            const [fd] = fds.take();
            assert.strictEqual(raw.fcntl(fd, c.F_GETFD), c.FD_CLOEXEC);
            socket.write('back', { fds: [fd, fd] });
            raw.close(fd);
          },
        },
      );
      await drive(loop, mode);
      const bytes = new Uint8Array(32);
      assert.strictEqual(text(bytes.subarray(0, raw.read(readEnd, bytes))), 'by two sockets');
      // Nobody has the other end any more.
      assert.deepStrictEqual([count, raw.read(readEnd, bytes)], [2, 0]);
      raw.close(readEnd);
      loop.close();
    }));
}

test('what the data handler does not take is closed', async () => {
  const loop = new EventLoop();
  const [ours, its] = raw.check(raw.socketpair(c.AF_UNIX, c.SOCK_STREAM, 0), 'socketpair');
  const [readEnd, writeEnd] = pipe();
  const told = [];
  const data = (_socket, _chunk, fds) => {
    told.push(fds.length);
    loop.setTimeout(() => loop.close(), 5);
  };
  loop.stream(ours, {}, { data });
  loop.stream(its).write('x', { fds: [writeEnd, writeEnd] });
  raw.close(writeEnd);
  await drive(loop, 'guest');
  assert.deepStrictEqual([told, raw.read(readEnd, new Uint8Array(1))], [[2], 0]);
  raw.close(readEnd);
  loop.close();
});

test.unless(!isLinux && 'Linux alone has them', 'an abstract name is no file', async () => {
  const loop = new EventLoop();
  const name = `\0rawloop-runtimes-${process.pid}`;
  const server = loop.listen({ path: name }, { open: (socket) => socket.end('hello') });
  let heard = '';
  loop.connect(
    { path: name },
    { data: (_socket, chunk) => (heard += text(chunk)), close: () => server.close() },
  );
  await drive(loop, 'guest');
  assert.strictEqual(heard, 'hello');
  loop.close();
});

test('what a killed server left is taken over, a live one is not', async () => {
  const where = somePath();
  const { signal } = runProgram(`
    defaultLoop().listen({ path: ${JSON.stringify(where)} }, {});
    process.kill(process.pid, 'SIGKILL');`);
  assert.strictEqual(signal, 'SIGKILL');
  assert.strictEqual(fs.existsSync(where), true);
  const loop = new EventLoop();
  const server = loop.listen({ path: where }, {});
  assert.throws(() => loop.listen({ path: where }, {}), { code: 'EADDRINUSE' });
  server.close();
  await drive(loop, 'guest');
  assert.strictEqual(fs.existsSync(where), false);
  loop.close();
});
