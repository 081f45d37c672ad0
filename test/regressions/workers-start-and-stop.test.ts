// Worker threads with a loop each, half of which own their thread while the others are
// guests, are terminated in the middle of echo load, ten at a time: nothing crashes, and
// no descriptor and no thread is left. RAWLOOP_WORKER_ROUNDS sets how many
// tens each of the four processes starts: 3, of which the first does not count.
//
// When an environment that ends does not close what it opened, 20 terminations leave 260
// descriptors. (That a loop which blocks is terminated at all is not seen here, as a busy
// one does not block.)
import { expect, it } from 'vitest';
import { endOfChild } from '../support/child.js';

const WORKERS = 10;
const ROUNDS = Number(process.env['RAWLOOP_WORKER_ROUNDS'] || 3);

/** An echo server and its busy clients in one loop; counts what came back. */
const ECHO = `
  const { workerData } = require('node:worker_threads');
  const { EventLoop } = require(workerData.entry);
  const counts = new Int32Array(workerData.counts);
  const loop = new EventLoop();
  const message = new Uint8Array(512);
  const server = loop.listen({ host: '127.0.0.1', port: 0 }, {
    data: (socket, chunk) => socket.write(chunk),
  });
  const client = {
    open: (socket) => socket.write(message),
    data(socket) {
      Atomics.add(counts, workerData.index, 1);
      Atomics.notify(counts, workerData.index);
      socket.write(message);
    },
  };
  for (let i = 0; i < 4; i++) loop.connect({ host: '127.0.0.1', port: server.address.port }, client);
  // Work of every other kind that an environment may end in.
  loop.onSignal('SIGUSR2', () => {});
  loop.setInterval(() => loop.fs.stat('/').catch(() => {}), 1);
  if (workerData.owned) setImmediate(() => loop.run());
  else loop.attach();
`;

interface Outcome {
  terminations: number;
  /** Descriptors and threads after the first round, and after the last. */
  before: { descriptors: number; threads: number };
  after: { descriptors: number; threads: number };
}

const script = `
  const { once } = require('node:events');
  const counts = new SharedArrayBuffer(4 * ${WORKERS});
  const seen = new Int32Array(counts);
  const open = () => ({
    descriptors: countDescriptors(),
    threads: fs.readdirSync('/proc/self/task').length,
  });
  /** The least of many looks: the kernel lists a thread for a moment after it was joined. */
  const settled = async () => {
    const least = open();
    for (let looks = 0; looks < 60; looks++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      const now = open();
      for (const name of Object.keys(least)) least[name] = Math.min(least[name], now[name]);
    }
    return least;
  };
  const start = (index) => new Worker(${JSON.stringify(ECHO)}, {
    eval: true,
    workerData: { entry: DIST + '/index.cjs', counts, index, owned: index % 2 === 0 },
  });
  /** Until each worker has had 50 echoes. */
  const underLoad = async () => {
    while (seen.some((count) => count < 50)) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  const round = async () => {
    seen.fill(0);
    const workers = Array.from({ length: ${WORKERS} }, (_, index) => start(index));
    for (const worker of workers) worker.on('error', (error) => { throw error; });
    await underLoad();
    const codes = await Promise.all(workers.map((worker) => worker.terminate()));
    assert.deepStrictEqual(codes, Array(${WORKERS}).fill(1));
    return codes.length;
  };
  (async () => {
    let terminations = await round();
    // The first leaves some of Node's own open.
    const before = await settled();
    for (let i = 1; i < ${ROUNDS}; i++) terminations += await round();
    report({ terminations, before, after: await settled() });
  })();
`;

const HOSTS = ['libuv', 'waiter'].flatMap((host) => [
  { host, waker: 'eventfd' },
  { host, waker: 'pipe' },
]);

it.each(HOSTS)(
  'ten workers at a time, terminated under echo load, leave nothing open: $host, $waker',
  ({ host, waker }) => {
    const env = { RAWLOOP_HOST: host, RAWLOOP_WAKER: waker };
    const { status, signal, stderr, report } = endOfChild(script, { env });
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
    const { terminations, before, after } = report as Outcome;
    expect(terminations).toBe(WORKERS * ROUNDS);
    expect(after).toEqual(before);
  },
);
