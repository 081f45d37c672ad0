// A computation of JavaScript that takes long keeps every callback of its thread waiting, here a
// timer of 5 ms. Another thread can do it: a job of loop.workers, or a Worker of Node's own, which
// is started and asked by hand. (Where the loop owns the thread, the latter is not heard: its
// messages come by Node's loop.)
const { once } = require('node:events');
const { parseArgs } = require('node:util');
const { Worker } = require('node:worker_threads');
const { EventLoop } = require('rawloop');
const { FlightRecorder, toText } = require('rawloop/inspect');

const { values } = parseArgs({ options: { 'up-to': { type: 'string', default: '3000000' } } });
const upTo = Number(values['up-to']);
const TICK_MS = 5;

/** How many primes there are below a number, found the slow way. */
function countPrimes(upTo) {
  let count = 0;
  for (let n = 2; n < upTo; n++) {
    let isPrime = true;
    for (let d = 2; d * d <= n && isPrime; d++) isPrime = n % d !== 0;
    if (isPrime) count++;
  }
  return count;
}

const loop = new EventLoop().attach();
const workers = loop.workers({ code: `module.exports = ${countPrimes}`, size: 1 });
const code = `require('node:worker_threads').parentPort.on('message', function answer(upTo) {
  this.postMessage((${countPrimes})(upTo));
});`;
const worker = new Worker(code, { eval: true });

async function askWorker(number) {
  worker.postMessage(number);
  const [count] = await once(worker, 'message');
  return count;
}

/** Computes beside the timer: how long that took, and the longest from one tick to the next. */
async function beside(title, compute) {
  const recorder = new FlightRecorder(loop).start();
  let [lastMs, longestMs] = [performance.now(), 0];
  function tick() {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
  }
  const ticker = loop.setInterval(tick, TICK_MS);
  const startMs = performance.now();
  // In a callback of the loop: what came before may have ended in one of the host's.
  const count = await new Promise((resolve) => loop.setImmediate(() => resolve(compute())));
  const tookMs = (performance.now() - startMs).toFixed(1);
  // One tick more: it is late by now, where the loop stood still.
  await new Promise((resolve) => loop.setTimeout(resolve, 2 * TICK_MS));
  loop.clearInterval(ticker);
  recorder.stop();
  const gapMs = longestMs.toFixed(1);
  console.log(
    `${title} ${count} primes in ${tookMs} ms, ${gapMs} ms from one tick to the next at most`,
  );
  return { share: Math.round((100 * gapMs) / tookMs), recorder };
}

async function main() {
  await Promise.all([workers.run(2), askWorker(2)]); // Both have started.
  const here = await beside('in the loop:    ', async () => countPrimes(upTo));
  const jobs = await beside('loop.workers:   ', () => workers.run(upTo));
  const nodes = await beside('worker_threads: ', () => askWorker(upTo));
  workers.close();
  worker.terminate();

  console.log(`\n${toText(here.recorder)}\n\n${toText(jobs.recorder)}\n`);
  console.log(
    `So the timer's longest silence was ${here.share} % of the computation's time in the loop, ` +
      `${jobs.share} % in loop.workers,\nand ${nodes.share} % in worker_threads.`,
  );
}

main();
