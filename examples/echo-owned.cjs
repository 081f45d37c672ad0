// Server and client in one loop that owns the thread. run() blocks in the kernel and
// returns when nothing referenced is left; until then Node's own timers stand still.
// (CommonJS: at the top of an ES module, run() would be inside a promise.)
const { EventLoop } = require('rawloop');

const loop = new EventLoop();
const MESSAGES = 10_000;

const server = loop.listen(
  { host: '127.0.0.1', port: 0 },
  {
    data(socket, chunk) {
      socket.write(chunk);
    },
  },
);

let echoed = 0;
loop.connect(server.address, {
  open(socket) {
    socket.write('ping');
  },
  data(socket) {
    if (++echoed < MESSAGES) socket.write('ping');
    else socket.end();
  },
  close(_socket, error) {
    if (error) throw error;
    server.close();
  },
});

const startMs = performance.now();
loop.run();
const ms = performance.now() - startMs;
loop.close();

console.log(`${echoed} round trips, both ends in one thread`);
console.log(`${((ms * 1000) / echoed).toFixed(1)} µs each`);
