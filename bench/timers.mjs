#!/usr/bin/env node
// Timers: what starting and clearing one costs, here and in Node, and why waiting
// timers are kept in lists by delay and not in a heap. `node bench/timers.mjs
// [--count N] [--rounds N] [--json]`. CPU time of this process, all threads, so the
// collector's work counts; contenders take turns within a round, and the ratios are
// medians over rounds.
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

const { EventLoop } = createRequire(import.meta.url)('../dist/index.cjs');

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '7' },
    json: { type: 'boolean', default: false },
  },
});
const count = Number(values.count);
const rounds = Number(values.rounds);
if (!(Number.isInteger(count) && count > 0 && Number.isInteger(rounds) && rounds > 0)) {
  console.error('timers: --count and --rounds must be positive integers');
  process.exit(2);
}

/** The alternative: a binary heap of timer objects, each knowing its place. */
class HeapOfTimers {
  heap = [];
  start(callback, ms) {
    const timer = { callback, dueMs: performance.now() + ms, index: this.heap.length };
    this.heap.push(timer);
    this.up(timer);
    return timer;
  }
  clear(timer) {
    const last = this.heap.pop();
    if (last === timer) return;
    last.index = timer.index;
    this.heap[last.index] = last;
    this.up(last);
    this.down(last);
  }
  up(timer) {
    let { index } = timer;
    while (index > 0) {
      const above = this.heap[(index - 1) >> 1];
      if (above.dueMs <= timer.dueMs) break;
      this.heap[index] = above;
      [above.index, index] = [index, above.index];
    }
    this.heap[index] = timer;
    timer.index = index;
  }
  down(timer) {
    let { index } = timer;
    for (;;) {
      let below = index * 2 + 1;
      if (below >= this.heap.length) break;
      if (this.heap[below + 1]?.dueMs < this.heap[below].dueMs) below++;
      const child = this.heap[below];
      if (child.dueMs >= timer.dueMs) break;
      this.heap[index] = child;
      [child.index, index] = [index, child.index];
    }
    this.heap[index] = timer;
    timer.index = index;
  }
}

const loop = new EventLoop();
const heap = new HeapOfTimers();
const nothing = () => {};
const contenders = {
  node: { start: (ms) => setTimeout(nothing, ms), clear: (timer) => clearTimeout(timer) },
  rawloop: {
    start: (ms) => loop.setTimeout(nothing, ms),
    clear: (timer) => loop.clearTimeout(timer),
  },
  heap: { start: (ms) => heap.start(nothing, ms), clear: (timer) => heap.clear(timer) },
};

const kept = new Array(count);
const workloads = {
  'start all, then clear all; one delay': ({ start, clear }) => {
    for (let i = 0; i < count; i++) kept[i] = start(1000);
    for (let i = 0; i < count; i++) clear(kept[i]);
  },
  'start all, then clear all; 1,000 delays': ({ start, clear }) => {
    for (let i = 0; i < count; i++) kept[i] = start(1000 + ((i * 7919) % 1000));
    for (let i = 0; i < count; i++) clear(kept[i]);
  },
  'clear each as it is started': ({ start, clear }) => {
    for (let i = 0; i < count; i++) clear(start(1000));
  },
};

function measure(work) {
  const wall = performance.now();
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return {
    cpuNs: ((user + system) * 1000) / count,
    wallNs: ((performance.now() - wall) * 1e6) / count,
  };
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

const results = {};
for (const [workload, run] of Object.entries(workloads)) {
  const samples = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, contender] of Object.entries(contenders)) {
      const sample = measure(() => run(contender));
      if (round > 0) samples[name].push(sample);
    }
  }
  results[workload] = {};
  for (const [name, list] of Object.entries(samples)) {
    results[workload][name] = {
      cpuNs: median(list.map(({ cpuNs }) => cpuNs)),
      cpuToNode: median(list.map(({ cpuNs }, i) => cpuNs / samples.node[i].cpuNs)),
      wallToNode: median(list.map(({ wallNs }, i) => wallNs / samples.node[i].wallNs)),
    };
  }
}
loop.close();

if (values.json) {
  console.log(JSON.stringify({ count, rounds, results }, null, 2));
} else {
  console.log(
    `${count.toLocaleString('en')} timers; CPU ns a timer (x Node's CPU, x Node's wall)\n`,
  );
  for (const [workload, row] of Object.entries(results)) {
    const cells = Object.entries(row).map(
      ([name, { cpuNs, cpuToNode, wallToNode }]) =>
        `${name} ${cpuNs.toFixed(0)} (${cpuToNode.toFixed(2)}, ${wallToNode.toFixed(2)})`,
    );
    console.log(`${workload}\n  ${cells.join('   ')}`);
  }
}
