// One process of public calls: `node public.mjs SEED CALLS [LOG]`, or `--program SEED`
// for one program alone. A Worker of a program runs it as well. What each program did
// stands in LOG. Ends with 0, or with 1 after it has told a finding.
import {
  ftruncateSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { Program } from './public/program.mjs';
import { tellFinding } from './support/finding.mjs';
import { partSeed, Random } from './support/random.mjs';

const PROGRAM_CALLS = 200;

const require = createRequire(import.meta.url);
const rawloop = require('../../dist/index.cjs');
const raw = require('../../dist/raw.cjs');
const compat = {
  epoll: require('../../dist/compat/epoll.cjs'),
  nodePty: require('../../dist/compat/node-pty.cjs'),
  unixDgram: require('../../dist/compat/unix-dgram.cjs'),
  usocket: require('../../dist/compat/usocket.cjs'),
};

const [, , first, second, logPath] = process.argv;
const isSingle = first === '--program';
const logFd = isMainThread && logPath ? openSync(logPath, 'w') : undefined;
if (isMainThread) moveAway();
let logAt = 0;
let programSeed = 0;
let calls = 0;

/** Some paths of requests are any value: what they make is no file of the checkout. */
function moveAway() {
  const folder = mkdtempSync(join(tmpdir(), 'rawloop-fuzz-'));
  writeFileSync(join(folder, 'package.json'), '{}');
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  process.chdir(folder);
}

function log(text) {
  if (logFd === undefined) return;
  logAt += writeSync(logFd, `${text}\n`, logAt);
}

function report(what) {
  if (!isMainThread) {
    parentPort.postMessage(what);
    return;
  }
  const stack = new Error('here').stack.split('\n').slice(2, 8).join('\n');
  tellFinding({ program: programSeed, call: calls, what, stack });
}

/**
 * Node leaves the file open that a Worker was loading as it was terminated, with or without
 * this package: a few in a hundred.
 */
const LOADING = /\.mjs$/;

function descriptors() {
  return readdirSync('/proc/self/fd')
    .map((fd) => {
      try {
        return `${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`;
      } catch {
        return '';
      }
    })
    .filter((text) => text !== '' && !/\/proc\/|\/dev\/null/.test(text))
    .filter((text) => !LOADING.test(text));
}

async function runProgram(seed, budget) {
  programSeed = seed;
  log(`program ${seed}`);
  const before = new Set(isMainThread ? descriptors() : []);
  const program = new Program(
    new Random(seed),
    { rawloop, raw, compat, report, log, isWorker: !isMainThread },
    budget,
  );
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => program.checkError(error, 'a callback'));
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (error) =>
    report(`unhandled rejection: ${error?.stack ?? error}`),
  );
  await program.run();
  calls += program.calls;
  if (!isMainThread) return;
  // What libuv closes in its own time is gone after a turn or two.
  let left = [];
  for (let i = 0; i < 100; i++) {
    left = descriptors().filter((text) => !before.has(text));
    if (left.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  report(`descriptors are left: ${left.join(', ')}`);
}

/** Who holds the thread's loop keeps it, and its descriptors. */
const shared = rawloop.defaultLoop();

/** Opened on first use, for good: the set of all Epolls. */
function openShared() {
  const fd = raw.eventfd(0, 0);
  new compat.epoll.Epoll(() => {}).add(fd, 1).close();
  raw.close(fd);
}

async function main() {
  if (!shared.attached) report('the default loop is not attached');
  openShared();
  if (!isMainThread) return runProgram(workerData.seed, workerData.calls);
  // Who listens is not killed: a signal that no loop watches any more does no harm.
  for (const name of ['SIGUSR2', 'SIGHUP', 'SIGWINCH']) process.on(name, () => {});
  // Opened by libuv on first use, for good.
  setTimeout(() => {}, 1);
  if (isSingle) return runProgram(Number(second), PROGRAM_CALLS);
  for (let i = 0; calls < Number(second); i++) {
    if (logFd !== undefined) ftruncateSync(logFd, 0);
    logAt = 0;
    await runProgram(partSeed(Number(first), i), PROGRAM_CALLS);
    writeSync(1, `calls ${calls}\n`);
  }
}

await main();
if (isMainThread) {
  writeSync(1, `calls ${calls}\ndone\n`);
  process.exit(0);
}
