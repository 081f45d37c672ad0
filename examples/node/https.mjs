// Node's https on sockets of rawloop: TLS runs on a Duplex, and http on TLS.
import { Agent, createServer, get } from 'node:https';
import { connect as secure } from 'node:tls';
import { defaultLoop } from 'rawloop';
import { toDuplex } from 'rawloop/node';
import { selfSigned } from './certificate.mjs';

const loop = defaultLoop();
const { key, cert } = selfSigned('localhost');

const server = createServer({ key, cert }, (request, response) => {
  response.end(`${request.url} by ${request.socket.getProtocol()}`);
});
const listener = loop.listen(
  { host: '127.0.0.1', port: 0 },
  { open: (socket) => server.emit('connection', toDuplex(socket)) },
);

class LoopAgent extends Agent {
  createConnection(options) {
    const { port } = listener.address;
    return secure({ ...options, socket: toDuplex(loop.connect({ port })) });
  }
}
const agent = new LoopAgent({ keepAlive: true, ca: cert, servername: 'localhost' });

get({ path: '/', agent }, async (response) => {
  for await (const chunk of response) console.log(`${response.statusCode} ${chunk}`);
  agent.destroy();
  listener.close();
});
