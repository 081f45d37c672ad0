// stat of one file with 64 in flight: `fs-stat.mjs guest` by loop.fs, `node` by the
// callback form of node:fs, `node-promises` by node:fs/promises. Each answer starts
// the next request; the pools have four threads each. See stat(2).
import { stat } from 'node:fs';
import { stat as statPromise } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { measureRepeated, serve } from './serve.mjs';

const IN_FLIGHT = 64;
const file = fileURLToPath(import.meta.url);

/**
 * Each asks for the file's size and calls back with it.
 * @type {Record<string, () => (callback: (error: unknown, size?: number) => void) => void>}
 */
const contenders = {
  node: () => (callback) => stat(file, (error, stats) => callback(error, stats?.size)),
  'node-promises': () => (callback) =>
    void statPromise(file).then(({ size }) => callback(null, size), callback),
  guest() {
    const { EventLoop } = createRequire(import.meta.url)('../../dist/index.cjs');
    const { fs } = new EventLoop().attach();
    return (callback) => void fs.stat(file).then(({ size }) => callback(null, size), callback);
  },
};

const request = contenders[process.argv[2]]();

serve({
  async stat({ ms }) {
    let onTime = (/** @type {number} */ _beginMs) => {};
    let isTimed = false;
    let isOver = false;
    let left = IN_FLIGHT;
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
    for (let i = 0; i < IN_FLIGHT; i++) next();
    let calls = 0;
    const figures = await measureRepeated(ms, (callback) => {
      onTime = callback;
      isTimed = ++calls === 2;
    });
    isOver = true;
    await drained;
    return figures;
  },
});

function deferred() {
  let resolve = () => {};
  const promise = new Promise((done) => {
    resolve = () => done(undefined);
  });
  return { promise, resolve };
}
