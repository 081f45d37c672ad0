// The echo server on Deno's own sockets: one asynchronous read/write loop per
// connection with a buffer of its own, the fastest form that Deno offers.
// See https://docs.deno.com/api/deno/~/Deno.listen. Prints where it listens.
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
  },
});

async function serve(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  try {
    connection.setNoDelay(true);
    for (;;) {
      const receivedBytes = await connection.read(buffer);
      if (receivedBytes === null) break;
      let sentBytes = 0;
      while (sentBytes < receivedBytes) {
        sentBytes += await connection.write(buffer.subarray(sentBytes, receivedBytes));
      }
    }
  } catch {
    // The peer is gone: all that is left is to close.
  } finally {
    connection.close();
  }
}

const listener = Deno.listen({
  hostname: values.host,
  port: Number(values.port),
});
console.log(`listening on ${values.host}:${listener.addr.port}`);
for await (const connection of listener) void serve(connection);
