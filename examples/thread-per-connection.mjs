// The server of the textbooks, to compare a loop with: a blocking thread for each
// client, in C++. It goes on while JavaScript computes, and has as many threads as
// clients.

import { once } from 'node:events';
import { connect } from 'node:net';
import { ThreadPerConnectionServer } from 'rawloop';

const CLIENTS = 20;

const server = new ThreadPerConnectionServer({
  host: '127.0.0.1',
  port: 0,
  onError: (error) => console.error(`server: ${error.message}`),
}).start();

async function echo(socket, text) {
  socket.write(text);
  const [bytes] = await once(socket, 'data');
  return String(bytes);
}

const sockets = Array.from({ length: CLIENTS }, () => connect(server.address.port, '127.0.0.1'));
const answers = await Promise.all(sockets.map((socket, i) => echo(socket, `client ${i}`)));
console.log(`${new Set(answers).size} clients got their own text back`);

const { threads, active } = server.stats;
console.log(`${active} connections take ${threads} threads`);

// JavaScript does nothing else for 100 ms; the answer is there before it ends.
const before = server.stats.bytes;
sockets[0].write('are you there?');
await new Promise((resolve) => setImmediate(resolve));
const endMs = performance.now() + 100;
while (performance.now() < endMs);
console.log(`echoed while JavaScript was busy: ${server.stats.bytes - before} bytes`);

for (const socket of sockets) socket.destroy();
// Shuts every connection down and joins every thread.
server.stop();
console.log(`after stop: ${server.stats.threads} threads`);
