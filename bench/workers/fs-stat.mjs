// stat of one file, one at a time or with 64 in flight: `fs-stat.mjs owned` and `guest` by
// loop.fs, `node` by the callback form of node:fs, `node-promises` by node:fs/promises.
// Each answer starts the next request; the pools have four threads each. One at a time
// costs what it costs to wake a thread twice, which depends on where the two run: so the
// threads are put on the processor of JavaScript, or on another. See stat(2), taskset(1).
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, stat } from 'node:fs';
import { stat as statPromise } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { measureRequests } from './requests.mjs';
import { serve } from './serve.mjs';

const file = fileURLToPath(import.meta.url);
const contender = process.argv[2];
const isOurs = contender === 'owned' || contender === 'guest';

/** @returns {import('../../dist/index.cjs').EventLoop} */
function newLoop() {
  const { EventLoop } = createRequire(import.meta.url)('../../dist/index.cjs');
  return new EventLoop();
}

const loop = isOurs ? newLoop() : undefined;
if (contender === 'guest') loop?.attach();

/**
 * Each asks for the file's size and calls back with it.
 * @type {Record<string, (callback: (error: unknown, size?: number) => void) => void>}
 */
const requests = {
  node: (callback) => stat(file, (error, stats) => callback(error, stats?.size)),
  'node-promises': (callback) =>
    void statPromise(file).then(({ size }) => callback(null, size), callback),
};
/** What the pool costs is asked here; what is done without it is files.mjs. */
const POOL = { inline: false };
const request = requests[contender] ?? statOf(loop?.fs);

function statOf(fs) {
  return (callback) => void fs.stat(file, POOL).then(({ size }) => callback(null, size), callback);
}

/** @type {import('./requests.mjs').Request} */
function sized(done) {
  request((error, size) => done(error ?? (size ? null : new Error('a file of no size'))));
}

/** The processors that this process may use. */
const cpus = (/Cpus_allowed_list:\s*(\S+)/.exec(readFileSync('/proc/self/status', 'latin1')) ??
  [])[1]
  ?.split(',')
  .flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });

/** Which processors JavaScript and the other threads may use. */
const places = {
  beside: () => [cpus[0], cpus[0]],
  apart: () => [cpus[0], cpus[1]],
  free: () => [cpus, cpus],
};

/** @param {'beside' | 'apart' | 'free'} place */
function putThreads(place) {
  const [ours, others] = places[place]();
  for (const thread of readdirSync('/proc/self/task')) {
    const list = thread === String(process.pid) ? ours : others;
    spawnSync('taskset', ['-p', '-c', String(list), thread]);
  }
}

/**
 * @param {number} inFlight
 * @param {'beside' | 'apart' | 'free'} place
 */
function measureStats(inFlight, place) {
  const measure = measureRequests(sized, inFlight, contender === 'owned' ? loop : undefined);
  return async (/** @type {{ ms: number }} */ ask) => {
    if (place === 'apart' && cpus.length < 2) return { absent: true };
    // The threads start with the first request.
    await new Promise((done) => {
      request(done);
      if (contender === 'owned') setImmediate(() => loop?.run());
    });
    putThreads(place);
    return measure(ask);
  };
}

serve({
  beside: measureStats(1, 'beside'),
  apart: measureStats(1, 'apart'),
  stat: measureStats(64, 'free'),
});
