// The edges: promises and iterators of handles, in both modes; limits of a server and of
// time; socket options by name.
'use strict';
const assert = require('node:assert');
const { test } = require('./runner.cjs');
const { MODES, rawloop, drive, until } = require('./support.cjs');

const { EventLoop } = rawloop;
const HOST = '127.0.0.1';
const isLinux = process.platform === 'linux';

for (const mode of MODES) {
  test(`${mode}: an echo of promises and iterators`, async () => {
    const loop = new EventLoop();
    const server = loop.listen({ host: HOST, port: 0 });
    const serving = (async () => {
      for await (const socket of server) {
        for await (const chunk of socket) socket.write(chunk);
        break;
      }
    })();
    const asking = (async () => {
      const socket = await loop.connect({ host: HOST, port: server.address.port }).opened;
      const bytes = Buffer.alloc(300_000, 'abc');
      socket.end(bytes);
      const parts = [];
      for await (const chunk of socket) parts.push(chunk);
      await socket.closed;
      return Buffer.concat(parts).equals(bytes);
    })();
    await drive(loop, mode);
    await serving;
    assert.strictEqual(await asking, true);
    assert.strictEqual(server.isClosed, true);
    loop.close();
  });

  test(`${mode}: opened and closed reject with what went wrong`, async () => {
    const loop = new EventLoop();
    const gone = loop.listen({ host: HOST, port: 0 });
    const { port } = gone.address;
    gone.destroy();
    await drive(loop, mode);
    const client = loop.connect({ host: HOST, port });
    const ends = Promise.allSettled([client.opened, client.closed]);
    await drive(loop, mode);
    assert.deepStrictEqual(
      (await ends).map(({ reason }) => reason?.code),
      ['ECONNREFUSED', 'ECONNREFUSED'],
    );
    loop.close();
  });

  test(`${mode}: a server that is full has others wait; an idle connection is closed`, async () => {
    const loop = new EventLoop();
    let most = 0;
    let served = 0;
    const server = loop.listen(
      { host: HOST, port: 0, maxConnections: 2 },
      {
        open(socket) {
          most = Math.max(most, server.sockets.length);
          socket.end('x');
        },
        close() {
          served += 1;
          if (served === 6) server.close();
        },
      },
    );
    const { port } = server.address;
    for (let i = 0; i < 6; i++) loop.connect({ host: HOST, port }, {});
    await drive(loop, mode);
    assert.deepStrictEqual([served, most <= 2], [6, true]);
    const quiet = loop.listen({ host: HOST, port: 0 });
    let why;
    loop.connect(
      { host: HOST, port: quiet.address.port, idleTimeoutMs: 20 },
      {
        close(_socket, error) {
          why = error?.code;
          quiet.destroy();
        },
      },
    );
    await drive(loop, mode);
    assert.strictEqual(why, 'ERR_IDLE_TIMEOUT');
    loop.close();
  });
}

test('a handle is disposed of', async () => {
  const loop = new EventLoop().attach();
  const server = loop.listen({ host: HOST, port: 0 });
  if (Symbol.asyncDispose !== undefined) await server[Symbol.asyncDispose]();
  else server.close();
  await until(() => server.isClosed);
  loop.close();
});

test('socket options have names and types', () => {
  const loop = new EventLoop();
  const server = loop.listen({ host: HOST, port: 0, socketOptions: { SO_RCVBUF: 100_000 } });
  assert.ok(server.getOption('SO_RCVBUF') >= 100_000);
  const client = loop.connect({ host: HOST, port: server.address.port, keepAlive: true });
  assert.strictEqual(client.options.SO_KEEPALIVE, true);
  client.options.TCP_NODELAY = false;
  assert.strictEqual(client.getOption('TCP_NODELAY'), false);
  if (isLinux) {
    client.setOption('TCP_USER_TIMEOUT', 5000);
    assert.strictEqual(client.getOption('TCP_USER_TIMEOUT'), 5000);
    assert.strictEqual(typeof client.getOption('TCP_INFO').state, 'string');
  }
  assert.throws(() => client.setOption('TCP_NODELAY', 'yes'), TypeError);
  loop.close();
});
