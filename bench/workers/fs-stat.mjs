// stat of one file, one at a time or with 64 in flight: `fs-stat.mjs owned` and `guest` by
// loop.fs, `node` by the callback form of node:fs, `node-promises` by node:fs/promises.
// Each answer starts the next request; the pools have four threads each. See stat(2).
import { stat } from 'node:fs';
import { stat as statPromise } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { measureRepeated, serve } from './serve.mjs';

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
const request = requests[contender] ?? statOf(loop?.fs);

function statOf(fs) {
  return (callback) => void fs.stat(file).then(({ size }) => callback(null, size), callback);
}

/** While the loop owns the thread, the host's timers stand still. */
const sleep =
  contender === 'owned'
    ? (ms) => new Promise((resolve) => void loop?.setTimeout(resolve, ms))
    : undefined;

/** @param {number} inFlight */
function measureStats(inFlight) {
  return async ({ ms }) => {
    let onTime = (/** @type {number} */ _beginMs) => {};
    let isTimed = false;
    let isOver = false;
    let left = inFlight;
    const { promise: drained, resolve } = deferred();
    const next = () => {
      const beginMs = isTimed ? performance.now() : 0;
      request((error, size) => {
        if (error || !size) throw error ?? new Error('a file of no size');
        // What was begun before times were taken has none.
        if (beginMs > 0 || !isTimed) onTime(beginMs);
        if (!isOver) next();
        else if (--left === 0) resolve();
      });
    };
    for (let i = 0; i < inFlight; i++) next();
    if (contender === 'owned') setImmediate(() => loop?.run());
    let calls = 0;
    const figures = await measureRepeated(
      ms,
      (callback) => {
        onTime = callback;
        isTimed = ++calls === 2;
      },
      sleep,
    );
    isOver = true;
    await drained;
    return figures;
  };
}

serve({ one: measureStats(1), stat: measureStats(64) });

function deferred() {
  let resolve = () => {};
  const promise = new Promise((done) => {
    resolve = () => done(undefined);
  });
  return { promise, resolve };
}
