// Worker threads of the test's own process, with the built package.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { DIST } from './child.js';

const PRELUDE = `
'use strict';
const assert = require('node:assert');
const { parentPort, workerData } = require('node:worker_threads');
const { EventLoop, ReadyList, createPoller, wake } = require(${JSON.stringify(`${DIST}/index.cjs`)});
const raw = require(${JSON.stringify(`${DIST}/raw.cjs`)});
const c = raw.constants;
const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
`;

export interface RunningWorker {
  /** The next message that it posts. Fails when the thread fails first. */
  message(): Promise<unknown>;
  /** Settles when the thread has ended by itself, well. */
  end(): Promise<void>;
  /** Ends the thread wherever it is. */
  terminate(): Promise<void>;
}

/** Starts `script` in a thread; the prelude above is there for it. */
export function startWorker(script: string, workerData: unknown = undefined): RunningWorker {
  const worker = new Worker(PRELUDE + script, { eval: true, workerData });
  const ended = once(worker, 'exit');
  ended.catch(() => {});
  return {
    message: async () => (await once(worker, 'message'))[0],
    end: async () => {
      const [code] = await ended;
      if (code !== 0) throw new Error(`the thread ended with ${code}`);
    },
    terminate: async () => {
      await worker.terminate();
    },
  };
}
