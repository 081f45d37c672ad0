// Trap 22, and more: servers that start at one path at the same time. What a dead one left there
// is taken over by one of them, and the others are told EADDRINUSE: none takes away what
// another has just bound.
//
// Without FolderLock in lib/unix/path.ts one that saw the dead file removes the winner's, and
// there are two of them, of which one is at no path. So that this is seen each time, and not
// once in thousands, strace has each unlink(2) wait a while.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hasStrace, runChild } from '../support/child.js';
import { temporaryFolder } from '../support/folder.js';

const THREADS = 4;
const ROUNDS = 6;

/** Waits for each round to begin, starts there, and says how that went. */
const STARTER = `
  const { workerData } = require('node:worker_threads');
  const { EventLoop } = require(workerData.index);
  const shared = new Int32Array(workerData.words);
  for (let round = 1; round <= ${ROUNDS}; round++) {
    const loop = new EventLoop();
    Atomics.wait(shared, 0, round - 1);
    try {
      loop.listen({ path: workerData.path + round }, {});
      Atomics.add(shared, 2, 1);
    } catch (error) {
      if (error.code !== 'EADDRINUSE') Atomics.add(shared, 2, 100);
    }
    Atomics.add(shared, 1, 1);
    Atomics.wait(shared, 3, round - 1);
    loop.close();
    Atomics.add(shared, 4, 1);
  }`;

const STARTERS = (path: string) => `
  const path = ${JSON.stringify(path)};
  const words = new SharedArrayBuffer(32);
  const shared = new Int32Array(words);
  const workerData = { path, words, index: DIST + '/index.cjs' };
  for (let i = 0; i < ${THREADS}; i++) new Worker(${JSON.stringify(STARTER)}, { eval: true, workerData });
  const all = (place, round) => new Promise((resolve) => {
    const look = () => (Atomics.load(shared, place) < ${THREADS} * round ? setTimeout(look, 1) : resolve());
    look();
  });
  const go = (place, round) => {
    Atomics.store(shared, place, round);
    Atomics.notify(shared, place);
  };
  (async () => {
    const rounds = [];
    for (let round = 1; round <= ${ROUNDS}; round++) {
      const fd = raw.socket(c.AF_UNIX, c.SOCK_STREAM);
      raw.bind(fd, { family: 'unix', path: path + round });
      raw.close(fd);
      const before = shared[2];
      go(0, round);
      await all(1, round);
      rounds.push([shared[2] - before, fs.existsSync(path + round)]);
      go(3, round);
      await all(4, round);
    }
    report([rounds, fs.readdirSync(require('node:path').dirname(path))]);
  })();`;

it('servers that start at one path at once are one, and it is to be found there', () => {
  const path = join(temporaryFolder(), 'socket');
  const options = hasStrace ? { strace: ['inject=unlink:delay_enter=10000'] } : {};
  const [rounds, left] = runChild<[unknown[], string[]]>(STARTERS(path), options);
  expect(rounds).toEqual(Array(ROUNDS).fill([1, true]));
  expect(left).toEqual([]);
});
