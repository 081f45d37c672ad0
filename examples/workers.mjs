// A computation blocks its loop: a timer of 1 ms is as late as the computation is long. The
// same computation in workers leaves the loop to its timers, also while the loop owns the
// thread. See docs/workers.md.
import { EventLoop } from 'rawloop';

/** Counts primes, slowly. */
function countPrimes(upTo) {
  let count = 0;
  for (let n = 2; n < upTo; n++) {
    let isPrime = true;
    for (let d = 2; d * d <= n && isPrime; d++) isPrime = n % d !== 0;
    if (isPrime) count++;
  }
  return count;
}

const UP_TO = 400_000;
const loop = new EventLoop();
const workers = loop.workers({ code: `module.exports = ${countPrimes}`, size: 2 });

/** Runs `work` beside a timer of 1 ms: how late that was at most. */
async function longestDelay(work) {
  let longestMs = 0;
  let lastMs = performance.now();
  const timer = loop.setInterval(() => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs - 1);
    lastMs = nowMs;
  }, 1);
  const count = await work();
  // One more tick, which a computation in the loop has held up.
  await new Promise((resolve) => loop.setTimeout(resolve, 2));
  loop.clearInterval(timer);
  return `${count} primes, and a timer was ${longestMs.toFixed(1)} ms late at most`;
}

async function main() {
  console.log('in the loop:', await longestDelay(async () => countPrimes(UP_TO)));
  await workers.run(2); // a thread has started
  console.log('in workers: ', await longestDelay(() => workers.run(UP_TO)));
  workers.close();
}

// The loop owns the thread: the host's own timers stand still until it is done.
setImmediate(() => {
  main();
  loop.run();
  loop.close();
});
