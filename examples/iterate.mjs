// A server without callbacks: connections, their bytes and their ends by `for await` and
// promises. What nobody has taken yet waits in the kernel, and its sender with it.
import { EventLoop } from 'rawloop';

const loop = new EventLoop().attach();
const local = { host: '127.0.0.1' };

/** Answers each line in capitals, until the client ends. */
async function serve(socket) {
  let rest = '';
  for await (const chunk of socket) {
    const lines = (rest + Buffer.from(chunk).toString()).split('\n');
    rest = lines.pop();
    for (const line of lines) socket.write(`${line.toUpperCase()}\n`);
  }
  console.log(`server  was sent ${socket.bytesRead} bytes`);
}

/** Sends its lines and prints the answers. */
async function ask(port, ...lines) {
  const socket = await loop.connect({ ...local, port, timeoutMs: 5000 }).opened;
  socket.end(lines.map((line) => `${line}\n`).join(''));
  let answer = '';
  // To the end of the server, which follows ours.
  for await (const chunk of socket) answer += Buffer.from(chunk);
  await socket.closed;
  console.log(`client  got ${JSON.stringify(answer)}`);
}

// At most two at once; others wait in the backlog. One who says nothing for a minute goes.
const server = loop.listen({ ...local, port: 0, maxConnections: 2, idleTimeoutMs: 60_000 });
const { port } = server.address;
const clients = ['one', 'two', 'three'].map((name) => ask(port, `hello from ${name}`, 'bye'));

let left = clients.length;
for await (const socket of server) {
  // A connection that fails is this one's alone, and throws in its own loop.
  serve(socket).catch((error) => console.log(`server  lost a client: ${error.message}`));
  // Leaving the loop closes the server; what it accepted lives on.
  if (--left === 0) break;
}

await Promise.all([...clients, server.closed]);

// An error is thrown where it matters: nobody listens there any more.
await loop.connect({ ...local, port }).opened.catch(({ code }) => console.log(`client  ${code}`));
