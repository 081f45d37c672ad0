// A server of lessons 15 and 16, one of several processes on one port: /fast answers at once,
// /hash when a thread has hashed for a while, and this process has one thread for that. It is a
// worker of node:cluster, of pm2 too, or listens by itself with SO_REUSEPORT.
const cluster = require('node:cluster');
const { existsSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { join } = require('node:path');
const { EventLoop } = require('rawloop');
const { FlightRecorder } = require('rawloop/inspect');
const { toDuplex } = require('rawloop/node');

const { HASH_ITERATIONS, PORT = '0', RECORDINGS } = process.env;
const host = '127.0.0.1';
const loop = new EventLoop({ poolSize: 1 }).attach();
const recorder = new FlightRecorder(loop);

const server = createServer(async ({ url }, response) => {
  if (url === '/hash') {
    await loop.crypto.pbkdf2('secret', 'salt', Number(HASH_ITERATIONS), 64, 'sha512');
  }
  response.end(`${process.pid}\n`);
});

function ready(port) {
  recorder.start();
  // pm2 has a word of its own for it.
  process.send?.(process.env.pm_id === undefined ? { port } : 'ready');
}

if (cluster.isWorker) {
  server.listen(Number(PORT), host, () => ready(server.address().port));
} else {
  const open = (socket) => server.emit('connection', toDuplex(socket));
  const listener = loop.listen({ host, port: Number(PORT), reusePort: true }, { open });
  ready(listener.address.port);
}

// What was recorded, in ms of the clock that all processes have.
process.on('exit', () => {
  if (!existsSync(RECORDINGS)) return; // Nobody waits for it any more.
  const { timeOrigin } = performance;
  const requests = recorder.records().filter(({ kind }) => kind === 'request');
  const records = requests.map((record) => ({
    ...record,
    beginMs: record.beginMs + timeOrigin,
    endMs: record.endMs + timeOrigin,
  }));
  writeFileSync(join(RECORDINGS, `${process.pid}.json`), JSON.stringify(records));
});
// However the parent ended.
process.on('disconnect', () => process.exit());
// pm2's reload and delete: no new connections, and the end once all have their answers.
process.on('SIGINT', () => server.close(() => process.exit()));
