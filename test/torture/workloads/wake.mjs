// A loop that sleeps, and a thread that wakes it again and again: each wake-up ends a
// wait. The thread goes on when the loop has answered.
import { Worker } from 'node:worker_threads';

const WAKES = 60;
const SENT = 0;
const SEEN = 1;
const OVER = 2;

const source = `
const { workerData, parentPort } = require('node:worker_threads');
const { wake } = require(workerData.dist);
const { words, waker, wakes } = workerData;
let thrown;
try {
  for (let i = 1; i <= wakes; i++) {
    Atomics.store(words, 0, i);
    wake(waker);
    while (Atomics.load(words, 1) < i && Atomics.load(words, 2) === 0) {
      Atomics.wait(words, 1, i - 1, 100);
    }
  }
} catch (error) {
  thrown = error.code;
}
parentPort.postMessage(thrown);
`;

export default {
  only: { write: ['EINTR'], read: ['EINTR', 'EAGAIN'] },
  run(round, loop) {
    const words = new Int32Array(new SharedArrayBuffer(12));
    const unit = round.unit('the last wake-up');
    const workerData = {
      dist: `${process.argv[4]}/index.cjs`,
      words,
      waker: loop.waker,
      wakes: WAKES,
    };
    const worker = new Worker(source, { eval: true, workerData });
    worker.on('error', (error) => round.tell(error));
    worker.on('message', (code) => {
      if (code !== undefined) round.tell(Object.assign(new Error(code), { code }));
    });
    // Keeps the loop alive, and is called after each wait.
    const hook = loop.check(() => {
      const sent = Atomics.load(words, SENT);
      if (sent === words[SEEN]) return;
      round.advance();
      Atomics.store(words, SEEN, sent);
      Atomics.notify(words, SEEN);
      if (sent === WAKES) unit.done();
    });
    round.whenAllEnded(() => {
      Atomics.store(words, OVER, 1);
      hook.close();
    });
  },
};
