// The echo server of net.mjs, word for word, on a Duplex that stands on a socket of ours:
// what it costs to have node:stream's interface. Inside Node's own loop. Prints where it listens.
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

const require = createRequire(import.meta.url);
const { defaultLoop } = require('../../dist/index.cjs');
const { toDuplex } = require('../../dist/node.cjs');

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
  },
});

function serve(socket) {
  socket.on('data', (chunk) => {
    if (!socket.write(chunk)) socket.pause();
  });
  socket.on('drain', () => socket.resume());
  socket.on('error', () => socket.destroy());
}

const server = defaultLoop().listen(
  { host: values.host, port: Number(values.port), backlog: 4096 },
  { open: (socket) => serve(toDuplex(socket)) },
);

console.log(`listening on ${server.address.address}:${server.address.port}`);

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => process.exit(0));
}
