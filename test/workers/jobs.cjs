// The jobs of these tests, by name: `[name, ...what it needs]`.
'use strict';
const { workerData } = require('node:worker_threads');

/** What jobs leave for later ones of their thread. */
const left = {};

const JOBS = {
  echo: (value) => value,
  later: async (value, ms = 1) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return value;
  },
  pid: () => process.pid,
  data: () => workerData,
  environment: () => [process.env.WORKERS_TEST, process.argv.slice(2)],
  throws: (code) => {
    throw Object.assign(new RangeError('on purpose'), { code, list: [1, 2] });
  },
  rejects: async (value) => {
    throw value;
  },
  'throws what has no copy': () => {
    throw Object.assign(new TypeError('no copy'), { code: 'EODD', by: () => {} });
  },
  'throws what throws': () => {
    const get = () => {
      throw new Error('a getter');
    };
    throw Object.defineProperty(new Error('on purpose'), 'more', { enumerable: true, get });
  },
  function: () => () => {},
  exit: (code) => process.exit(code),
  'throws later': () => {
    setTimeout(() => {
      throw new Error('nobody caught it');
    }, 1);
    return new Promise(() => {});
  },
  'rejects later': () => {
    Promise.reject(new Error('nobody caught it either'));
    return new Promise(() => {});
  },
  'uses all memory': () => {
    const all = [];
    for (;;) all.push(new Array(1000).fill(all.length));
  },
  spin: (words) => {
    Atomics.store(words, 0, 1);
    Atomics.notify(words, 0);
    for (;;);
  },
  'spin until aborted': (words, context) => {
    Atomics.store(words, 0, 1);
    while (!context.aborted);
    return 'heard';
  },
  'wait for the signal': (words, context) =>
    new Promise((resolve) => {
      const { signal } = context;
      signal.addEventListener('abort', () => {
        Atomics.store(words, 1, 1);
        resolve('heard');
      });
      Atomics.store(words, 0, 1);
    }),
  /** Holds the thread until the word is 1. */
  hold: (words) => {
    Atomics.wait(words, 0, 0);
  },
  add: (words, value) => Atomics.add(words, 0, value),
  moves: (length, context) => {
    const bytes = new Uint8Array(length).fill(7);
    left.bytes = bytes;
    return new Uint8Array(context.transfer(bytes.buffer));
  },
  'was moved': () => left.bytes.byteLength,
  'starts a timer': () => {
    left.ticks = 0;
    setInterval(() => left.ticks++, 1);
  },
  ticks: () => left.ticks,
  'thread number': () => require('node:worker_threads').threadId,
};

module.exports = ([name, ...given], context) => JOBS[name](...given, context);
