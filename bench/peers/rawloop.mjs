// Servers on the package that `rawloop echo` does not have: `rawloop.mjs udp` echoes
// datagrams, `unix` a stream on a Unix socket, `pass` closes each descriptor that comes
// with a byte and answers with one of its own. `owned` or `guest` says which loop. Prints
// where it listens; on SIGUSR2 the bytes of its heap after a collection, where there is
// one to ask (--expose-gc), and how many datagrams it has read and written.
import { openSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

const { EventLoop } = createRequire(import.meta.url)('../../dist/index.cjs');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    path: { type: 'string' },
  },
});
const [kind, mode] = positionals;

const loop = new EventLoop();
if (mode === 'guest') loop.attach();

let counts = { datagramsRead: 0, datagramsWritten: 0 };

function udp() {
  const socket = loop.dgram(
    { host: values.host, port: Number(values.port) },
    {
      message(to, chunk, from) {
        to.send(chunk, from);
      },
      error() {}, // a client that went away is its own affair
    },
  );
  counts = socket;
  return `${socket.address.address}:${socket.address.port}`;
}

function unix() {
  loop.listen(
    { path: values.path, backlog: 4096 },
    {
      data(socket, chunk) {
        if (!socket.write(chunk)) socket.pause();
      },
      drain(socket) {
        socket.resume();
      },
    },
  );
  return values.path;
}

function pass() {
  const byte = new Uint8Array(1);
  const own = { fds: [openSync('/dev/null', 'r')] };
  loop.listen(
    { path: values.path, backlog: 4096 },
    {
      // What is not taken is closed.
      data(socket, _chunk, fds) {
        if (fds !== undefined) socket.write(byte, own);
      },
    },
  );
  return values.path;
}

const where = { udp, unix, pass }[kind]();

loop.onSignal('SIGUSR2', () => {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed } = process.memoryUsage();
  const { datagramsRead, datagramsWritten } = counts;
  writeSync(1, `${JSON.stringify({ heapUsed, datagramsRead, datagramsWritten })}\n`);
});

writeSync(1, `listening on ${where}\n`);
// Not at the top of a module, where no promise could settle meanwhile.
if (mode === 'owned') setImmediate(() => loop.run());
