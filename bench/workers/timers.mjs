// Timers and immediates: what starting and clearing one costs, here and in Node, and
// why waiting timers are kept in lists by delay and not in a heap. `timers.mjs node`,
// `owned`, `guest` or `heap`; the heap has no immediates.
import { createRequire } from 'node:module';
import { serve, startClocks } from './serve.mjs';
import { TimerHeap } from './timer-heap.mjs';

const nothing = () => {};
const DELAY_MS = 100_000; // none of them is ever due
const DELAYS = 1000;

/** @param {boolean} isAttached */
function ofLoop(isAttached) {
  const { EventLoop } = createRequire(import.meta.url)('../../dist/index.cjs');
  const loop = new EventLoop();
  if (isAttached) loop.attach();
  return {
    start: (ms) => loop.setTimeout(nothing, ms),
    clear: (timer) => loop.clearTimeout(timer),
    immediate: (callback) => loop.setImmediate(callback),
    // An owned loop runs here until nothing is left; otherwise Node's goes on.
    run: () => isAttached || loop.run(),
  };
}

function ofNode() {
  return {
    start: (ms) => setTimeout(nothing, ms),
    clear: (timer) => clearTimeout(timer),
    immediate: (callback) => setImmediate(callback),
    run: nothing,
  };
}

function ofHeap() {
  const heap = new TimerHeap();
  return { start: (ms) => heap.start(nothing, ms), clear: (timer) => heap.clear(timer) };
}

const contenders = {
  node: ofNode,
  owned: () => ofLoop(false),
  guest: () => ofLoop(true),
  heap: ofHeap,
};
const { start, clear, immediate, run } = contenders[process.argv[2]]();

/**
 * @param {(count: number) => void} act
 * @returns {import('./serve.mjs').Work}
 */
function timed(act) {
  return async ({ count }) => {
    const read = startClocks();
    act(count);
    return read(count);
  };
}

/** @param {(i: number) => number} delayMs */
function startThenClear(delayMs) {
  return timed((count) => {
    const kept = new Array(count);
    for (let i = 0; i < count; i++) kept[i] = start(delayMs(i));
    for (let i = 0; i < count; i++) clear(kept[i]);
  });
}

/** @type {import('./serve.mjs').Work} */
function immediateChain({ count }) {
  return new Promise((resolve) => {
    const read = startClocks();
    let left = count;
    immediate(function next() {
      if (--left > 0) immediate(next);
      else resolve(read(count));
    });
    run();
  });
}

serve({
  'start-then-clear': startThenClear(() => DELAY_MS),
  // 7919 is a prime: delays come in no order.
  'start-then-clear-delays': startThenClear((i) => DELAY_MS + ((i * 7919) % DELAYS)),
  'clear-as-started': timed((count) => {
    for (let i = 0; i < count; i++) clear(start(DELAY_MS));
  }),
  ...(immediate && { 'immediate-chain': immediateChain }),
});
