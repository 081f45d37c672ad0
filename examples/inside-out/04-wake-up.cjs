// A loop that sleeps in the kernel hears descriptors and nothing else. Another thread that
// wants its attention must therefore make a descriptor ready: an eventfd (a counter in the
// kernel), or a pipe to ourselves where there is none. loop.wake() does just this.
const { isMainThread, Worker, workerData } = require('node:worker_threads');
const { EventLoop } = require('rawloop');
const { check, close, constants, eventfd, pipe2, read, write } = require('rawloop/raw');

const WAKES = 50;
const { EFD_NONBLOCK, O_NONBLOCK } = constants;

/**
 * Runs in a thread of its own: lets the loop sleep for 5 ms, writes, waits till it was heard.
 * It alone reads the clock: that of another thread may count from another moment.
 */
function wakeAgainAndAgain({ fd, bytes, heard, tookNs }) {
  for (let i = 0; i < WAKES; i++) {
    Atomics.wait(heard, 0, i, 5);
    const sentNs = process.hrtime.bigint();
    check(write(fd, bytes), 'write');
    while (Atomics.load(heard, 0) === i) Atomics.wait(heard, 0, i);
    tookNs[i] = Number(process.hrtime.bigint() - sentNs);
  }
  // One more, as all figures are there by now.
  check(write(fd, bytes), 'write');
}

/** Sleeps in the kernel until `readFd` was ready often enough. */
function listenTo(name, readFd, writeFd, bytes) {
  const loop = new EventLoop();
  const heard = new Int32Array(new SharedArrayBuffer(4));
  const tookNs = new Float64Array(new SharedArrayBuffer(8 * WAKES));
  loop.watch(readFd, { read: true }, (_ready, watcher) => {
    // Level-triggered: what is not read is reported again, at once and for ever.
    check(read(readFd, Buffer.alloc(8)), 'read');
    Atomics.add(heard, 0, 1);
    Atomics.notify(heard, 0);
    if (heard[0] > WAKES) watcher.close();
  });
  new Worker(__filename, { workerData: { fd: writeFd, bytes, heard, tookNs } });
  loop.run();
  const medianNs = tookNs.toSorted()[WAKES / 2];
  const { idleMs, waits } = loop.metrics();
  console.log(`${name}: ${heard[0]} wake-ups in ${waits} waits, ${Math.round(idleMs)} ms asleep`);
  console.log(
    `  from write() to the callback and back: ${Math.round(medianNs / 1000)} µs (median)`,
  );
  loop.close();
  for (const fd of new Set([readFd, writeFd])) close(fd);
}

function main() {
  const counter = check(eventfd(0, EFD_NONBLOCK), 'eventfd');
  listenTo('eventfd  ', counter, counter, BigUint64Array.of(1n));
  listenTo('self-pipe', ...check(pipe2(O_NONBLOCK), 'pipe2'), Uint8Array.of(1));

  // A thousand wake-ups before anybody looks. The counter adds them up; a pipe keeps them all.
  const [fd, [out, into]] = [eventfd(0, EFD_NONBLOCK), pipe2(O_NONBLOCK)];
  for (let i = 0; i < 1000; i++) {
    write(fd, BigUint64Array.of(1n));
    write(into, Uint8Array.of(1));
  }
  const [counted, piped] = [new BigUint64Array(1), Buffer.alloc(4096)];
  read(fd, counted);
  console.log(`1000 at once: the eventfd says ${counted[0]} in one word of 8 bytes`);
  console.log(`              the pipe says it in ${read(out, piped)} bytes`);
  for (const one of [fd, out, into]) close(one);
}

if (isMainThread) main();
else wakeAgainAndAgain(workerData);
