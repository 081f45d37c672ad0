// A server at a path and a client, in one process: who may connect is said by the permissions of
// the file, and who has connected by the kernel. See unix(7).
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultLoop } from 'rawloop';

const loop = defaultLoop();
const path = join(tmpdir(), `rawloop-example-${process.pid}.sock`);

// What a server left there that was killed is taken over; who lives there has EADDRINUSE thrown.
const server = loop.listen(
  { path, mode: 0o600 },
  {
    open(socket) {
      const { pid, uid } = socket.peerCredentials();
      console.log(`user ${uid} has connected${pid === process.pid ? ', from this process' : ''}`);
    },
    data: (socket, chunk) => socket.write(chunk),
  },
);
// The file goes with the server, and so by Ctrl-C as well.
const interrupted = loop.onSignal('SIGINT', () => server.destroy());

const client = loop.connect({ path });
client.end('hello');
for await (const chunk of client) console.log(`an echo: ${Buffer.from(chunk)}`);
server.close();
interrupted.close();
