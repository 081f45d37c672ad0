// A TCP proxy: each connection is joined with one of its own to the server behind. The bytes do
// not pass through this process; ends, resets and the pace of the slower side do. `proxyHeader: 1`
// among relay's options would tell the server who connected.
import { defaultLoop, relay } from 'rawloop';

const loop = defaultLoop();
const host = '127.0.0.1';
const behind = loop.listen({ host, port: 0 }, { data: (socket, chunk) => socket.write(chunk) });

const proxy = loop.listen(
  { host, port: 0, maxConnections: 1000 },
  {
    async open(socket) {
      const server = loop.connect({ ...behind.address, timeoutMs: 5000 });
      const joined = relay(socket, server, { idleTimeoutMs: 60_000 });
      await joined.closed.catch((error) => console.log(`given up: ${error.message}`));
      console.log(`${joined.bytesAToB} bytes went there, ${joined.bytesBToA} came back`);
    },
  },
);

// A client, for the example's sake: it sends, ends, and reads to the end of the answer.
const client = loop.connect({ host, port: proxy.address.port });
client.end(new Uint8Array(10_000_000));
let bytes = 0;
for await (const chunk of client) bytes += chunk.length;
console.log(`${bytes} bytes were answered`);
proxy.close();
behind.close();
