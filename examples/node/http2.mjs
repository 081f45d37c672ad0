// Node's http2 on sockets of rawloop: many requests at once on one connection.
import { connect, createServer } from 'node:http2';
import { defaultLoop } from 'rawloop';
import { toDuplex } from 'rawloop/node';

const loop = defaultLoop();

const server = createServer();
server.on('stream', (stream, headers) => {
  stream.respond({ ':status': 200 });
  stream.end(`you asked for ${headers[':path']}`);
});
const listener = loop.listen(
  { host: '127.0.0.1', port: 0 },
  { open: (socket) => server.emit('connection', toDuplex(socket)) },
);

const { port } = listener.address;
const session = connect(`http://127.0.0.1:${port}`, {
  createConnection: () => toDuplex(loop.connect({ port })),
});

async function ask(path) {
  let text = '';
  for await (const chunk of session.request({ ':path': path }).setEncoding('utf8')) text += chunk;
  return text;
}

const answers = await Promise.all(['/one', '/two', '/three'].map(ask));
console.log(answers.join('\n'));
console.log(`on ${listener.connections} connection`);
session.close();
listener.close();
