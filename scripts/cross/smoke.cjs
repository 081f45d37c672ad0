// What a cross-built addon must do: load, run timers and immediates, echo over the
// loopback in both modes, answer a request of the pool, move datagrams of UDP and pass
// descriptors over a pair of Unix sockets. Prints one line. Run by
// scripts/cross/run.mjs with the addon in RAWLOOP_ADDON; may be very slow (emulation).
'use strict';
const assert = require('node:assert');
const { EventLoop, ThreadPerConnectionServer } = require('../../dist/index.cjs');
const raw = require('../../dist/raw.cjs');

/** Echoes a text through a server and a client of one loop; `done` when it came back. */
function echo(loop, done) {
  const text = 'hello '.repeat(1000);
  let back = '';
  const server = loop.listen(
    { host: '127.0.0.1', port: 0 },
    { data: (socket, chunk) => socket.write(chunk) },
  );
  loop.connect(
    { host: '127.0.0.1', port: server.address.port },
    {
      open: (socket) => socket.write(text),
      data(socket, chunk) {
        back += Buffer.from(chunk).toString();
        if (back.length === text.length) socket.end();
      },
      close() {
        assert.strictEqual(back, text);
        server.close();
        done();
      },
    },
  );
}

function owned() {
  const loop = new EventLoop();
  const log = [];
  loop.setTimeout(() => log.push('timer'), 2);
  loop.setImmediate(() => log.push('immediate'));
  loop.fs.stat(__filename).then(({ size }) => log.push(`stat ${size > 0}`));
  loop.onSignal('SIGUSR2', (_signal, handle) => {
    log.push('signal');
    handle.close();
  });
  process.kill(process.pid, 'SIGUSR2');
  echo(loop, () => log.push('echo'));
  loop.run();
  loop.close();
  const expected = ['echo', 'immediate', 'signal', 'stat true', 'timer'];
  assert.deepStrictEqual(log.sort(), expected);
}

/** A descriptor goes with bytes, and a datagram with where it came to. */
function passing() {
  const { AF_UNIX, SOCK_STREAM } = raw.constants;
  const loop = new EventLoop();
  const log = [];
  const [ours, its] = raw.check(raw.socketpair(AF_UNIX, SOCK_STREAM), 'socketpair');
  const [readEnd, writeEnd] = raw.check(raw.pipe2(), 'pipe2');
  const sender = loop.stream(ours, {}, {});
  sender.write('x', { fds: [writeEnd] });
  sender.end();
  loop.stream(
    its,
    {},
    {
      data(_stream, _chunk, fds) {
        const [fd] = fds.take();
        log.push(`passed ${raw.write(fd, Buffer.from('by it'))}`);
        raw.close(fd);
      },
    },
  );
  const server = loop.dgram(
    { host: '127.0.0.1', info: { pktinfo: true } },
    {
      message(socket, chunk, from, { local }) {
        if (local.address === '127.0.0.1') socket.send(chunk, from);
        socket.close();
      },
    },
  );
  const client = loop.dgram(
    { to: { host: '127.0.0.1', port: server.address.port } },
    {
      message(socket, chunk) {
        log.push(`datagram ${chunk.length}`);
        socket.close();
      },
    },
  );
  for (const word of ['hello', 'hello']) client.send(word);
  loop.run();
  loop.close();
  assert.strictEqual(raw.read(readEnd, new Uint8Array(16)), 5);
  for (const fd of [readEnd, writeEnd]) raw.close(fd);
  assert.deepStrictEqual(log.sort(), ['datagram 5', 'passed 5']);
}

function threads() {
  const loop = new EventLoop();
  const server = new ThreadPerConnectionServer({ host: '127.0.0.1', loop }).start();
  let back = '';
  loop.connect(
    { host: '127.0.0.1', port: server.address.port },
    {
      open: (socket) => socket.write('ping'),
      data(socket, chunk) {
        back += Buffer.from(chunk).toString();
        socket.destroy();
        server.stop();
      },
    },
  );
  loop.run();
  loop.close();
  assert.strictEqual(back, 'ping');
}

owned();
passing();
threads();
const loop = new EventLoop().attach();
echo(loop, () => {
  loop.close();
  const calls = Object.keys(raw.supported).filter((name) => !raw.supported[name]);
  const lacks = calls.length > 0 ? `, no ${calls.join(', ')}` : '';
  console.log(`${process.arch} node ${process.versions.node} ok${lacks}`);
});
