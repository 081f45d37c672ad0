// The echo server on Bun's own sockets. Bun.listen tells how much of a write
// went out; the rest is kept here, and reading pauses until it has drained.
// See https://bun.sh/docs/api/tcp. Prints where it listens.
import { parseArgs } from 'node:util';

type Connection = { rest: Uint8Array | null };

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
  },
});

const server = Bun.listen<Connection>({
  hostname: values.host,
  port: Number(values.port),
  socket: {
    open(socket) {
      socket.data = { rest: null };
      socket.setNoDelay(true);
    },
    data(socket, chunk) {
      const sentBytes = Math.max(0, socket.write(chunk));
      if (sentBytes === chunk.length) return;
      socket.data.rest = Uint8Array.from(chunk.subarray(sentBytes));
      socket.pause();
    },
    drain(socket) {
      const { rest } = socket.data;
      if (rest === null) return;
      const sentBytes = Math.max(0, socket.write(rest));
      if (sentBytes < rest.length) {
        socket.data.rest = rest.subarray(sentBytes);
        return;
      }
      socket.data.rest = null;
      socket.resume();
    },
    error(socket) {
      socket.end();
    },
  },
});

console.log(`listening on ${values.host}:${server.port}`);
