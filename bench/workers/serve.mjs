// What the programs of this folder share: each is alive for a whole scenario, is
// asked for a piece of work by a line of JSON on stdin, does it, and answers with
// one. CPU time is this process's, all threads and the kernel's work for it.
import { createHistogram } from 'node:perf_hooks';
import { createInterface } from 'node:readline';

/**
 * @typedef {object} Ask
 * @property {string} work  its name
 * @property {number} ms  how long, for work that goes on and on
 * @property {number} count  how much, for work that has an end
 * @property {number} [loadCpu]  the core of those who ask, if cores can be chosen
 *
 * @typedef {(ask: Ask) => Promise<object>} Work  answers with the measured figures
 */

/** @param {Record<string, Work>} works by name */
export function serve(works) {
  const input = createInterface({ input: process.stdin });
  input.on('line', async (line) => {
    const ask = JSON.parse(line);
    const work = works[ask.work];
    const answer = work === undefined ? { absent: true } : await work(ask);
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  });
  input.on('close', () => process.exit(0));
  process.stdout.write('ready\n');
}

/** Starts both clocks; the function returned reads them for `operations`. */
export function startClocks() {
  const beginMs = performance.now();
  const before = process.cpuUsage();
  return (/** @type {number} */ operations) => {
    const { user, system } = process.cpuUsage(before);
    return {
      operations,
      cpuNs: (user + system) * 1000,
      wallNs: (performance.now() - beginMs) * 1e6,
    };
  };
}

/**
 * Measures something that happens again and again: for `ms` what one costs, then
 * for a fifth of that how long each takes, as reading the clock costs as well.
 * @param {number} ms
 * @param {(onTime: (beginMs: number) => void) => void} listen  hands over what to
 *   call each time, with when it had begun
 * @param {(ms: number) => Promise<void>} sleep  for where Node's timers stand still
 */
export async function measureRepeated(ms, listen, sleep = sleepInNode) {
  let operations = 0;
  listen(() => {
    operations++;
  });
  await sleep(ms / 10);
  operations = 0;
  const read = startClocks();
  await sleep(ms);
  const figures = read(operations);
  const times = createHistogram({ lowest: 1, highest: 60_000_000_000, figures: 3 });
  listen((beginMs) => {
    times.record(Math.max(1, Math.round((performance.now() - beginMs) * 1e6)));
  });
  await sleep(ms / 5);
  listen(() => {});
  if (times.count === 0) return figures;
  return { ...figures, p50Us: times.percentile(50) / 1000, p99Us: times.percentile(99) / 1000 };
}

/** @param {number} ms */
function sleepInNode(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
