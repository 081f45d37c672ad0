// An echo server on rawloop inside Node's own loop: Node's timers and http go on
// beside it, on the same thread.
import { createServer, get } from 'node:http';
import { connect } from 'node:net';
import { EventLoop } from 'rawloop';

const loop = new EventLoop().attach();

const echo = loop.listen(
  { host: '127.0.0.1', port: 0 },
  {
    // Shared by all connections. `chunk` is valid during the call only.
    data(socket, chunk) {
      socket.write(chunk);
    },
    close(socket) {
      console.log(`rawloop  echoed ${socket.bytesWritten} bytes`);
    },
  },
);

let ticks = 0;
const ticker = setInterval(() => ticks++, 10);

const web = createServer((_request, response) => {
  response.end(`the echo server has ${echo.connections} connection(s)`);
});

web.listen(0, '127.0.0.1', () => {
  const client = connect(echo.address.port, '127.0.0.1', () => client.write('hello'));
  client.once('data', (bytes) => {
    console.log(`client   got '${bytes}' back`);
    get({ host: '127.0.0.1', port: web.address().port, agent: false }, async (response) => {
      for await (const text of response) console.log(`http     says ${text}`);
      setTimeout(() => client.end(), 50);
    });
  });
  // Once nothing referenced is left, in rawloop's loop or in Node's, the process ends.
  client.once('close', () => {
    clearInterval(ticker);
    web.close();
    echo.close();
    console.log(`timer    ${ticks > 0 ? 'ticked meanwhile' : 'stood still'}`);
  });
});
