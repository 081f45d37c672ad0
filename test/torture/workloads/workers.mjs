// Workers that are ended in every state: while they connect, while their loop owns the
// thread, with work in the pool, with signals watched. Each exits, and leaves nothing.
import { Worker } from 'node:worker_threads';

/** A Worker whose failure keeps it from saying that it is ready is ended all the same. */
const READY_MS = 2000;

const STATES = {
  connecting: `
    loop.connect({ host: '127.0.0.1', port: echoPort }, handlers);
    ready();`,
  'in run()': `
    watched(loop);
    loop.setImmediate(ready);`,
  'with connections': `
    const server = loop.listen({ host: '127.0.0.1', port: 0 }, {
      ...handlers, data: (socket, chunk) => socket.write(chunk),
    });
    const { port } = server.address;
    let open = 0;
    for (let i = 0; i < 5; i++) {
      loop.connect({ host: '127.0.0.1', port }, {
        ...handlers,
        open(socket) { socket.write('x'); },
        data(socket, chunk) { if (++open === 5) ready(); socket.write(chunk); },
      });
    }`,
  'with pool work': `
    for (let i = 0; i < 12; i++) {
      loop.crypto.pbkdf2('secret', 'salt', 5000, 32, 'sha256').then(() => {}, told);
    }
    loop.setImmediate(ready);`,
  'with signals': `
    loop.onSignal('SIGUSR2', () => {});
    loop.onSignal('SIGWINCH', () => {});
    watched(loop);
    loop.setImmediate(ready);`,
  'ending by itself': `
    const timer = loop.setTimeout(() => { loop.close(); ready(); }, 1);`,
};

const PRELUDE = `
const { parentPort, workerData } = require('node:worker_threads');
const { dist, echoPort, guest, words } = workerData;
const { EventLoop } = require(dist + '/index.cjs');
const raw = require(dist + '/raw.cjs');
const ready = () => parentPort.postMessage('ready');
const told = (error) => {
  if (error?.errno !== undefined) Atomics.store(words, 0, error.errno);
};
const handlers = { close: (_socket, error) => told(error), error: (_server, error) => told(error) };
const watched = (loop) => loop.watch(raw.check(raw.eventfd(0), 'eventfd'), { read: true }, () => {});
`;

function body(state) {
  return `${PRELUDE}
    const loop = new EventLoop({ poolSize: 2 });
    if (guest) loop.attach();
    { ${STATES[state]} }
    if (!guest) setImmediate(() => loop.run());`;
}

function start(round, state) {
  const unit = round.unit(`the Worker ${state}`);
  const words = new Int32Array(new SharedArrayBuffer(4));
  const workerData = {
    dist: process.argv[4],
    echoPort: round.echoPort,
    guest: round.mode === 'guest',
    words,
  };
  const worker = new Worker(body(state), { eval: true, workerData });
  const end = () => worker.terminate();
  const timer = setTimeout(end, READY_MS);
  worker.on('message', end);
  worker.on('error', (error) => round.tell(error));
  worker.on('exit', () => {
    clearTimeout(timer);
    const errno = Atomics.load(words, 0);
    if (errno !== 0) round.tell(Object.assign(new Error('told in the Worker'), { errno }));
    unit.done();
  });
}

export default {
  alone: true,
  /** A Worker may be ended before it could tell. */
  endsUntold: true,
  /** While Workers start nobody can tell their work from spinning. */
  lasting: false,
  only: { write: ['EINTR'], read: ['EINTR', 'EAGAIN'] },
  run(round) {
    // Who watches it last gives it back to this, and not to the default, which ends us.
    const ignore = () => {};
    process.on('SIGUSR2', ignore);
    for (const state of Object.keys(STATES)) start(round, state);
    round.whenAllEnded(() => process.off('SIGUSR2', ignore));
  },
};
