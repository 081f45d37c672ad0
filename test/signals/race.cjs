// Two threads add and remove listeners to the same two signals: the host's own and ours in
// the main thread, ours in a Worker. Each thread sends one of them, while it watches it, and
// must hear it. (Both would be wrong: a signal is handled by any thread at any time, so one
// could come when the other's was heard for it, and everybody has left.)
// `node test/signals/race.cjs [ROUNDS]` prints what was lost; the exit code is 0 when nothing
// was. Wants the built package.
'use strict';
const path = require('node:path');
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
const DIST = process.env.RAWLOOP_DIST ?? path.join(__dirname, '../../dist');
const { EventLoop } = require(path.join(DIST, 'index.cjs'));

const OF_MAIN = 'SIGUSR2';
const OF_WORKER = 'SIGHUP';
/** Longer than any machine takes; it only ends a wait for what was lost. */
const LIMIT_MS = 20_000;
const raise = (signal) => process.kill(process.pid, signal);
const nothing = () => {};

/** In the Worker: watches, sends, hears in a loop that owns the thread, and leaves. */
function roundOfWorker(loop) {
  let heard = false;
  const beside = loop.onSignal(OF_MAIN, nothing);
  const handle = loop.onSignal(OF_WORKER, () => {
    heard = true;
    handle.close();
    loop.clearTimeout(limit);
  });
  handle.ref();
  const limit = loop.setTimeout(() => handle.close(), LIMIT_MS);
  raise(OF_WORKER);
  beside.close();
  loop.run();
  return heard;
}

function runWorker(rounds) {
  const loop = new EventLoop();
  let lost = 0;
  for (let round = 0; round < rounds; round++) if (!roundOfWorker(loop)) lost++;
  loop.close();
  parentPort.postMessage(lost);
}

const heardOf = (start) =>
  new Promise((resolve) => {
    const limit = setTimeout(() => resolve(false), LIMIT_MS);
    start(() => {
      clearTimeout(limit);
      resolve(true);
    });
  });

const hostHears = () =>
  heardOf((told) => {
    process.once(OF_MAIN, told);
    raise(OF_MAIN);
  });

const loopHears = (loop) =>
  heardOf((told) => {
    loop.onSignal(OF_MAIN, (_signal, handle) => {
      handle.close();
      told();
    });
    raise(OF_MAIN);
  });

/** Both watch; one leaves before the signal comes, and the other hears it. */
const oneIsLeft = (loop, hostLeaves) =>
  heardOf((told) => {
    const host = () => {
      process.off(OF_MAIN, host);
      told();
    };
    process.on(OF_MAIN, host);
    const handle = loop.onSignal(OF_MAIN, () => {
      handle.close();
      told();
    });
    if (hostLeaves) process.off(OF_MAIN, host);
    else handle.close();
    raise(OF_MAIN);
  });

async function runMain(rounds) {
  const worker = new Worker(__filename, { workerData: rounds });
  const ofWorker = new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  const loop = new EventLoop().attach();
  let lost = 0;
  const kinds = [
    hostHears,
    () => loopHears(loop),
    () => oneIsLeft(loop, true),
    () => oneIsLeft(loop, false),
  ];
  for (let round = 0; round < rounds; round++) {
    process.on(OF_WORKER, nothing);
    const beside = loop.onSignal(OF_WORKER, nothing);
    const heard = kinds[round % kinds.length]();
    process.off(OF_WORKER, nothing);
    beside.close();
    if (!(await heard)) lost++;
  }
  loop.close();
  const lostOfWorker = await ofWorker;
  console.log(`${rounds} rounds in each of two threads: ${lost} and ${lostOfWorker} lost`);
  process.exitCode = lost + lostOfWorker === 0 ? 0 : 1;
}

if (isMainThread) runMain(Number(process.argv[2] ?? 10_000));
else runWorker(workerData);
