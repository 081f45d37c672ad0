// The package ws on sockets of rawloop, its server and its client. It is not part of rawloop:
// npm install ws
import { createServer } from 'node:http';
import { defaultLoop } from 'rawloop';
import { toDuplex } from 'rawloop/node';

const ws = await import('ws').catch(() => undefined);
if (ws === undefined) {
  console.log('not available here: the package ws is not installed');
  process.exit(77);
}
const { WebSocket, WebSocketServer } = ws;

const loop = defaultLoop();
const http = createServer();
const sockets = new WebSocketServer({ server: http });
sockets.on('connection', (socket) => {
  socket.on('message', (message) => socket.send(`you said ${message}`));
});
const listener = loop.listen(
  { host: '127.0.0.1', port: 0 },
  { open: (socket) => http.emit('connection', toDuplex(socket)) },
);

const { port } = listener.address;
const client = new WebSocket(`ws://127.0.0.1:${port}`, {
  createConnection: () => toDuplex(loop.connect({ port })),
});
client.on('open', () => client.send('hello'));
client.on('message', (message) => {
  console.log(String(message));
  client.close();
});
client.on('close', (code) => {
  console.log(`closed with ${code}`);
  listener.close();
});
