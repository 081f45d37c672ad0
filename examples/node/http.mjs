// Node's http on sockets of rawloop: a server that is handed connections, and an Agent that makes
// them. Here they meet on a Unix socket of the abstract namespace, or a port where there is none;
// http does not notice.
import { Agent, createServer, get } from 'node:http';
import { defaultLoop } from 'rawloop';
import { toDuplex } from 'rawloop/node';

const loop = defaultLoop();

const server = createServer((request, response) => {
  response.end(`${request.method} ${request.url}`);
});

const where = process.platform === 'linux' ? { path: `\0http-${process.pid}` } : { port: 0 };
const listener = loop.listen(where, {
  open: (socket) => server.emit('connection', toDuplex(socket)),
});

class LoopAgent extends Agent {
  createConnection() {
    return toDuplex(loop.connect(listener.address));
  }
}
const agent = new LoopAgent({ keepAlive: true, maxSockets: 1 });

/** Resolves with the answer. */
function ask(path) {
  return new Promise((resolve, reject) => {
    get({ path, agent }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve(text);
    }).on('error', reject);
  });
}

for (const path of ['/first', '/second']) console.log(await ask(path));
console.log(`${listener.connections} connection was kept alive for both`);
agent.destroy();
listener.close();
