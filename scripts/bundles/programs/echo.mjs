// An echo server and a client of it: what a bundle of a service does.
import { EventLoop } from 'rawloop';

const loop = new EventLoop();
const server = loop.listen(
  { host: '127.0.0.1', port: 0 },
  { data: (socket, chunk) => socket.write(chunk), close: () => server.close() },
);
let echoed = '';
loop.connect(
  { host: '127.0.0.1', port: server.address.port },
  {
    open: (socket) => socket.write('through the bundle'),
    data: (socket, chunk) => {
      echoed += Buffer.from(chunk).toString();
      socket.end();
    },
  },
);
// Outside a promise: in the middle of one, a loop that owns the thread runs no microtask.
setImmediate(() => {
  loop.run();
  loop.close();
  console.log(`echoed: ${echoed}`);
});
