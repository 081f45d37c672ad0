// Processes, one at a time: `spawn.mjs owned` and `guest` by loop.spawn, `node` by
// node:child_process. `true` and `true-1g` start /bin/true and wait for its end, the latter while
// this process holds 1 GiB: CPU time of this process and of its children together, and how long the
// call that starts one takes, during which nothing else runs. `own` is `true` without the children,
// `pipes` the same with three pipes. `read` and `write` move 1,000 MB through a pipe of a child: CPU
// time of this process for each; `write-kept` is `write` without a copy of what waits.
// `spawn.mjs sockets` is as `owned`, with what `'pipe'` is in Node, a pair of sockets.
import { spawn as hostSpawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createHistogram } from 'node:perf_hooks';
import { serve, startClocks } from './serve.mjs';

const contender = process.argv[2];
const hasSockets = contender === 'sockets';
const isOwned = contender === 'owned' || hasSockets;
/** In Node a pair of sockets as well. */
const PIPE = hasSockets ? 'socketpair' : 'pipe';
const MB = 1_000_000;
const CHUNK = Buffer.alloc(65_536);
/** Ticks of /proc/self/stat; 100 a second on every Linux. */
const TICK_NS = 1e7;
/** What this process holds, so that it is large. @type {Buffer | undefined} */
let _ballast;

/** @returns {import('../../dist/index.cjs').EventLoop} */
function newLoop() {
  const { EventLoop } = createRequire(import.meta.url)('../../dist/index.cjs');
  return new EventLoop();
}

const loop = contender === 'node' ? undefined : newLoop();
if (!isOwned) loop?.attach();

/** CPU time of children that were waited for. */
function childrenNs() {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
  return (Number(fields[13]) + Number(fields[14])) * TICK_NS;
}

/** Of `read` and `write`; as native/spawn-posix.c has it. */
const megabytesFor = (ms) => (ms < 300 ? 200 : 1000);

const IGNORED = { stdio: 'ignore' };
const PIPED = { stdio: PIPE };
/** As Node does in any case. */
const KEPT = loop === undefined ? undefined : { copy: false };

function startTrue(ended) {
  if (loop === undefined) hostSpawn('/bin/true', [], IGNORED).on('exit', ended);
  else loop.spawn('/bin/true', [], IGNORED, { exit: ended });
}

/** To the end of its output as well. */
function startPiped(ended) {
  const ignore = () => {};
  if (loop !== undefined) {
    loop.spawn('/bin/true', [], PIPED, { stdout: ignore, stderr: ignore, close: ended });
    return;
  }
  const child = hostSpawn('/bin/true', [], PIPED);
  child.stdout.on('data', ignore);
  child.stderr.on('data', ignore);
  child.on('close', ended);
}

/** Calls `begin`, which calls its argument when all is done. */
function drive(begin) {
  return new Promise((resolve) => {
    if (!isOwned) {
      begin(resolve);
      return;
    }
    setImmediate(() => {
      let value;
      begin((found) => {
        value = found;
      });
      loop.run();
      resolve(value);
    });
  });
}

function trueFor(ms, withChildren, start = startTrue) {
  const times = createHistogram({ lowest: 1, highest: 60_000_000_000, figures: 3 });
  return drive((done) => {
    const read = startClocks();
    const childrenBefore = childrenNs();
    const endMs = performance.now() + ms;
    let count = 0;
    const next = () => {
      if (performance.now() >= endMs) {
        const figures = read(count);
        const cpuNs = figures.cpuNs + (withChildren ? childrenNs() - childrenBefore : 0);
        const [p50Us, p90Us, p99Us] = [50, 90, 99].map((part) => times.percentile(part) / 1000);
        done({ ...figures, cpuNs, p50Us, p90Us, p99Us });
        return;
      }
      count++;
      const beginMs = performance.now();
      start(next);
      times.record(Math.max(1, Math.round((performance.now() - beginMs) * 1e6)));
    };
    next();
  });
}

/** A child writes so many MB. */
function readMegabytes(count) {
  const args = ['if=/dev/zero', 'bs=1000000', `count=${count}`, 'status=none'];
  return drive((done) => {
    const read = startClocks();
    let bytes = 0;
    const take = (chunk) => {
      bytes += chunk.length;
    };
    const finish = () => done({ ...read(bytes / MB) });
    const stdio = ['ignore', PIPE, 'ignore'];
    if (loop === undefined) {
      const child = hostSpawn('dd', args, { stdio });
      child.stdout.on('data', take);
      child.on('close', finish);
    } else loop.spawn('dd', args, { stdio }, { stdout: (_, chunk) => take(chunk), close: finish });
  });
}

/** A child reads so many MB. */
function writeMegabytes(count, options) {
  const args = ['of=/dev/null', 'bs=65536', 'status=none'];
  const stdio = [PIPE, 'ignore', 'ignore'];
  return drive((done) => {
    const read = startClocks();
    let left = count * MB;
    const finish = () => done({ ...read(count) });
    const send = (stdin) => {
      while (left > 0) {
        const part = left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
        left -= part.length;
        if (!stdin.write(part, options)) return;
      }
      stdin.end();
    };
    if (loop === undefined) {
      const child = hostSpawn('dd', args, { stdio });
      child.stdin.on('drain', () => send(child.stdin));
      child.on('close', finish);
      send(child.stdin);
    } else {
      const child = loop.spawn('dd', args, { stdio }, { close: finish });
      const goOn = () => {
        send(child.stdin);
        if (child.stdin.writable) child.stdin.drained.then(goOn);
      };
      goOn();
    }
  });
}

const large = (work) => (ask) => {
  _ballast ??= Buffer.alloc(2 ** 30, 1);
  return work(ask);
};

const bytes = {
  pipes: ({ ms }) => trueFor(ms, false, startPiped),
  read: ({ ms }) => readMegabytes(megabytesFor(ms)),
  write: ({ ms }) => writeMegabytes(megabytesFor(ms)),
  'write-kept': ({ ms }) => writeMegabytes(megabytesFor(ms), KEPT),
};
const children = {
  true: ({ ms }) => trueFor(ms, true),
  own: ({ ms }) => trueFor(ms, false),
  'true-1g': large(({ ms }) => trueFor(ms, true)),
};

serve(hasSockets ? bytes : { ...bytes, ...children });
