// The echo server on node:net, as its documentation would have it written: the
// thing that rawloop wants to be faster than. It stops reading while the kernel
// and Node have more to send than the high-water mark. Prints where it listens.
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    path: { type: 'string' },
  },
});

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', (chunk) => {
    if (!socket.write(chunk)) socket.pause();
  });
  socket.on('drain', () => socket.resume());
  socket.on('error', () => socket.destroy());
});

const place =
  values.path === undefined
    ? { host: values.host, port: Number(values.port) }
    : { path: values.path };

server.listen({ ...place, backlog: 4096 }, () => {
  const bound = server.address();
  const where = typeof bound === 'string' ? bound : `${bound?.address}:${bound?.port}`;
  console.log(`listening on ${where}`);
});

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => process.exit(0));
}
