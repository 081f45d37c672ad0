// A loop each in two Workers, both listening on one port (SO_REUSEPORT): the kernel
// spreads the connections. Each loop owns its Worker's thread, so it hears of the end
// by a shared flag and a wake-up from this thread.
import { connect } from 'node:net';
import { setImmediate } from 'node:timers';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { EventLoop, wake } from 'rawloop';

const CLIENTS = 40;

function serve({ name, port, stop }) {
  const loop = new EventLoop();
  const server = loop.listen(
    { host: '127.0.0.1', port, reusePort: true },
    { open: (socket) => socket.end(name) },
  );
  parentPort.postMessage({ port: server.address.port, waker: loop.waker });
  // Outside of the module's own promise, so that microtasks can run in the loop.
  setImmediate(() => {
    while (Atomics.load(stop, 0) === 0) loop.run('once');
    loop.close();
  });
}

async function start(name, port, stop) {
  const worker = new Worker(new URL(import.meta.url), { workerData: { name, port, stop } });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function whoAnswers(port) {
  return new Promise((resolve, reject) => {
    connect(port, '127.0.0.1')
      .once('data', (bytes) => resolve(String(bytes)))
      .once('error', reject);
  });
}

if (isMainThread) {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const first = await start('worker 1', 0, stop);
  const second = await start('worker 2', first.port, stop);

  const answers = await Promise.all(Array.from({ length: CLIENTS }, () => whoAnswers(first.port)));
  for (const name of ['worker 1', 'worker 2']) {
    console.log(
      `${name} served ${answers.filter((answer) => answer === name).length} of ${CLIENTS}`,
    );
  }

  Atomics.store(stop, 0, 1);
  for (const { waker } of [first, second]) wake(waker);
} else {
  serve(workerData);
}
