// What runs in a thread for JavaScript jobs, a file of dist/ of its own: says when the thread
// ends, loads the program's file, and serves jobs from then on.
import { syncBuiltinESMExports } from 'node:module';
import type * as WorkerThreads from 'node:worker_threads';
import { builtin } from '../../binding/builtin.js';
import { native } from '../../binding/index.js';
import { BEGUN, ENDED, EXIT_CODE, EXITED } from '../layout.js';
import type { ThreadData } from '../messages.js';
import { NOT_LOADED, READY, UNCAUGHT } from '../messages.js';
import { loadHandler } from './load.js';
import { Reports } from './reports.js';
import { JobServer } from './serve.js';

/** The module itself, whose `workerData` is set below. */
const worker = builtin('node:worker_threads') as typeof WorkerThreads;
const data = worker.workerData as ThreadData;
const { words, waker } = data;
// Before anything of the program's: from here on no end of the thread goes unnoticed.
const ended = new Int32Array(words.buffer, words.byteOffset + 4 * ENDED, 1);
new native.EndNotice(waker.fd, waker.state, ended);
Atomics.store(words, BEGUN, 1);

const reports = new Reports(data);
process.on('exit', (code) => {
  Atomics.store(words, EXIT_CODE, code | 0);
  Atomics.store(words, EXITED, 1);
});
process.on('uncaughtExceptionMonitor', (error) => reports.tellError(UNCAUGHT, error));

// The program's own, in the place of ours.
(worker as { workerData: unknown }).workerData = data.workerData;
syncBuiltinESMExports();

loadHandler(data).then(
  (handler) => {
    const server = new JobServer(data, handler, reports);
    reports.tell([READY, 0, undefined, 0, 0]);
    server.begin();
  },
  (error: unknown) => {
    reports.tellError(NOT_LOADED, error);
    process.exit(1);
  },
);
