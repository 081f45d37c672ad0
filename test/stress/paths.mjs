// A folder is watched with all below it while other processes make, rename and remove trees in it at
// random; then what was told, applied, has to be what is on the disk:
// `node test/stress/paths.mjs [--count N] [--mode owned|guest] [--seed N] [--children N] [--rounds N]
// [--block] [--burst N] [--iterate] [--worker] [--json]`. --count is of steps for each child and
// round; --block holds the loop up for as long as they run, so that the kernel's queue overflows,
// which has to be told; --burst files are made in one go behind the rounds, and removed. Nothing may
// be told twice, or of what is not there. Status 1 when something was.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { difference, Mirror, pathsOnDisk } from './mirror.mjs';

const require = createRequire(import.meta.url);
const { check, EventLoop } = require('../../dist/index.cjs');
const raw = require('../../dist/raw.cjs');

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    mode: { type: 'string', default: 'owned' },
    seed: { type: 'string', default: '1' },
    children: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '5' },
    block: { type: 'boolean', default: false },
    burst: { type: 'string', default: '100000' },
    iterate: { type: 'boolean', default: false },
    worker: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
if (values.worker) {
  // All of it in a Worker, whose argv has the rest.
  const argv = process.argv.slice(2).filter((arg) => arg !== '--worker');
  const [status] = await once(new Worker(new URL(import.meta.url), { argv }), 'exit');
  process.exit(status);
}

/** So long may it take without a word until what is told equals the disk. */
const SETTLE_MS = 20_000;
const LOOK_MS = 25;
const SHARE = 5;
/** How many events the kernel keeps for one instance. */
const QUEUED = Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'));
const STORM = join(import.meta.dirname, 'paths-storm.mjs');
const BURST = `
  const fs = require('node:fs');
  const [folder, count] = process.argv.slice(1);
  for (let i = 0; i < count; i++) fs.closeSync(fs.openSync(folder + '/' + i, 'w'));
`;

const base = mkdtempSync(join(tmpdir(), 'rawloop-paths-'));
const folder = join(base, 'watched');
const outside = join(base, 'outside');
mkdirSync(folder);
mkdirSync(outside);

const faults = [];
const mirror = new Mirror();
const loop = new EventLoop();
/** Pipes of those that run, which close as they end: the host hears of no child in owned mode. */
const running = new Set();
let seed = Number(values.seed);

function run(args) {
  const [readEnd, writeEnd] = check(raw.pipe2(0), 'pipe2');
  spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', writeEnd] }).unref();
  raw.close(writeEnd);
  running.add(readEnd);
  const watcher = loop.watch(readEnd, { read: true }, () => {
    watcher.close();
    running.delete(readEnd);
    raw.close(readEnd);
  });
}

const storm = (count) => {
  for (let i = 0; i < Number(values.children); i++) {
    run([STORM, folder, outside, String(seed++), String(count)]);
  }
};

/** Until all have ended. */
function block() {
  for (const fd of running) {
    while (raw.poll(Int32Array.of(fd, raw.constants.POLLIN, 0), 1, -1) === -raw.constants.EINTR);
  }
}

const rounds = Array.from({ length: Number(values.rounds) }, () => () => {
  storm(Number(values.count));
  if (values.block) block();
});
if (Number(values.burst) > 0) {
  const burst = join(folder, 'burst');
  // Before, so that it is watched by then.
  rounds.push(() => mkdirSync(burst));
  rounds.push(() => {
    run(['-e', BURST, burst, values.burst]);
    if (values.block) block();
  });
  rounds.push(() =>
    run(['-e', 'require("node:fs").rmSync(process.argv[1], { recursive: true })', burst]),
  );
}

/** How many events there were so far. */
const told = () => Object.values(mirror.counts).reduce((sum, count) => sum + count, 0);

/** Begins the next round when all are through and what was told is what is there. */
function look(before) {
  const now = loop.now();
  if (running.size > 0) return loop.setTimeout(() => look(undefined), LOOK_MS);
  const differs = difference(mirror.paths, pathsOnDisk(folder));
  loop.updateTime();
  const heard = told();
  const last = before?.heard === heard ? before : { heard, at: loop.now() };
  if (differs.length > 0 && loop.now() - last.at < SETTLE_MS) {
    // To compare takes long, and the watcher is to have most of the time.
    return loop.setTimeout(() => look(last), LOOK_MS + SHARE * (loop.now() - now));
  }
  faults.push(...differs);
  const round = faults.length > 0 ? undefined : rounds.shift();
  if (round === undefined) return watcher.close();
  round();
  loop.setTimeout(() => look(undefined), LOOK_MS);
}

const options = { recursive: true, initial: true };
const watcher = values.iterate
  ? loop.watchPath(folder, options)
  : loop.watchPath(folder, options, (event) => mirror.apply(event));
if (values.iterate) {
  (async () => {
    for await (const event of watcher) mirror.apply(event);
  })();
}
loop.setTimeout(() => look(undefined), 1);

function finish() {
  loop.close();
  rmSync(base, { recursive: true, force: true });
  faults.push(...mirror.faults);
  const overflows = values.block && Number(values.burst) > QUEUED;
  if (overflows && mirror.counts.overflow === 0) faults.push('no overflow was told');
  const outcome = { ...mirror.counts, faults };
  console.log(values.json ? JSON.stringify(outcome) : outcome);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

if (values.mode === 'owned') {
  setImmediate(() => {
    loop.run();
    finish();
  });
} else {
  loop.attach();
  watcher.closed.then(() => setTimeout(finish, 10));
}
