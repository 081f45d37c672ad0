// A proxy over TCP with `for await`: each direction waits for the slower side, and ends by itself.
import { defaultLoop } from 'rawloop';

const loop = defaultLoop();
const host = '127.0.0.1';

/** Passes on all that `from` sends, and its end. */
async function copy(from, to) {
  for await (const chunk of from) if (!to.write(chunk)) await to.drained;
  to.end();
}

async function serve(near, port) {
  const far = loop.connect({ host, port, allowHalfOpen: true, timeoutMs: 5000 });
  try {
    await far.opened;
    await Promise.all([copy(near, far), copy(far, near)]);
  } catch (error) {
    console.log(`given up: ${error.message}`);
    near.destroy();
    far.destroy();
  }
}

const echo = loop.listen({ host, port: 0 }, { data: (socket, chunk) => socket.write(chunk) });
// Half open: one who has asked all there is to ask still waits for the rest of the answer. Without
// it our own end would follow the client's, and cut the answer off.
const proxy = loop.listen({ host, port: 0, allowHalfOpen: true, maxConnections: 100 });

const client = loop.connect({ host, port: proxy.address.port });
client.end(new Uint8Array(10_000_000));
const count = (async () => {
  let bytes = 0;
  for await (const chunk of client) bytes += chunk.length;
  return bytes;
})();

for await (const socket of proxy) {
  serve(socket, echo.address.port);
  break; // One client is all there will be: this closes the server, not the connection.
}
console.log(`${await count} bytes went through the proxy and back`);
echo.close();
