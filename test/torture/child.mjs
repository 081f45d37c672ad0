// A process that runs the points of one workload in one mode, a line of JSON in and one
// out for each. What it does not survive, or does not come back from, the runner sees.
import { readdirSync, readSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import { loadControl } from './control.mjs';
import { carries, judge } from './judge.mjs';
import { Round } from './round.mjs';

const [workloadFile, mode, dist] = process.argv.slice(2);
// The programs that a workload starts are not under test.
delete process.env.LD_PRELOAD;

const require = createRequire(import.meta.url);
const rawloop = require(join(dist, 'index.cjs'));
const raw = require(join(dist, 'raw.cjs'));
const { default: workload } = await import(workloadFile);
workload.prepare?.(dist);
const control = loadControl();

/** So many steps at most: only what leaks comes to the last. */
const SETTLE_STEPS = 500;
const SETTLE_MS = 3;
/** After a run() that threw. */
const REST_MS = 10;

const words = () => new Int32Array(new SharedArrayBuffer(4));
const progress = words();
const done = words();
const pause = words();
const sleep = (ms) => Atomics.wait(pause, 0, 0, ms);
const turn = () => new Promise((resolve) => setImmediate(resolve));

const { port1: port, port2 } = new MessageChannel();
const referee = new Worker(new URL('referee.mjs', import.meta.url), {
  workerData: { progress, done, port: port2 },
  transferList: [port2],
});
referee.on('error', (error) => {
  console.error('the referee failed:', error);
  process.exit(70);
});
referee.unref();
const echoPort = await new Promise((resolve) => {
  port.once('message', (message) => resolve(message.port));
});
port.unref();

let current;
process.on('uncaughtException', (error) => {
  if (current === undefined) throw error;
  current.tellBroad(error);
  if (!isOurs(error)) current.faults.push(`uncaught: ${error?.stack ?? error}`);
});

/** Whether a thrown error tells of the injected failure, and is not one that it caused. */
function isOurs(error) {
  const { point } = current;
  return point !== undefined && carries(error, point);
}

function countDescriptors() {
  return readdirSync('/proc/self/fd').length;
}

/** Waits until no more descriptors are open than before, or it is clear that they stay. */
async function leakedSince(before) {
  for (let i = 0; i < SETTLE_STEPS; i++) {
    await turn();
    if (countDescriptors() <= before) return 0;
    sleep(SETTLE_MS);
  }
  return countDescriptors() - before;
}

/** The pipe by which the referee calls: watched by the loop, outside of what counts. */
function openBell(round, loop) {
  const [bell, stopFd] = round.quietly(() => raw.pipe2(raw.constants.O_NONBLOCK));
  const bytes = new Uint8Array(64);
  const hear = () => {
    round.quietly(() => raw.read(bell, bytes));
    round.hear();
  };
  if (loop !== undefined) round.quietly(() => loop.watch(bell, { read: true }, hear).unref());
  const close = () => {
    for (const fd of [bell, stopFd]) round.quietly(() => raw.close(fd));
  };
  return { stopFd, close };
}

/**
 * Runs the loop until it returns, whatever it throws on the way: this program goes on
 * after each error, and rests a moment, as a wait that is refused may be for long.
 */
function runOwned(round, loop) {
  while (!round.limited) {
    try {
      loop.run();
      return;
    } catch (error) {
      round.tellBroad(error);
      if (!isOurs(error)) round.faults.push(`run() threw: ${error?.stack ?? error}`);
      sleep(REST_MS);
    }
    round.hear();
  }
}

/** The loop has nothing more to do; what others do may take a moment more. */
async function othersToEnd(round) {
  while (!round.limited && round.units.some(({ state }) => state === 'open')) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    round.hear();
  }
}

/** Until everything has ended, and the loop has nothing more that keeps it alive. */
async function runGuest(round, loop) {
  const poll = setInterval(() => round.hear(), 500);
  await round.over;
  while (loop.alive && !round.limited) await new Promise((resolve) => setTimeout(resolve, 5));
  clearInterval(poll);
}

/** For who has to find out: what is under way on threads, and what there is of handles. */
function whatKeeps(loop) {
  const { queued, running, finished, kinds } = loop.pool.stats();
  const pending = Object.keys(kinds).filter((kind) => kinds[kind].pending > 0);
  const handles = loop.metrics().handles.map(({ label }) => label);
  return `requests: ${pending} (${queued} queued, ${running} run, ${finished} done), handles: ${handles}`;
}

async function drive(round) {
  const { EventLoop } = rawloop;
  const loop = round.attempt(() => {
    const { options } = workload;
    const made = new EventLoop(typeof options === 'function' ? options(round) : options);
    if (mode !== 'guest') return made;
    try {
      return made.attach();
    } catch (error) {
      made.close();
      throw error;
    }
  });
  if (loop === undefined) return false;
  const bell = openBell(round, loop);
  round.onLimit = () => loop.stop();
  begin(round, bell.stopFd);
  try {
    await workload.run(round, loop);
    if (mode === 'guest') await runGuest(round, loop);
    else await new Promise((resolve) => setImmediate(() => resolve(runOwned(round, loop))));
    if (mode === 'owned') await othersToEnd(round);
    return loop.alive && whatKeeps(loop);
  } finally {
    try {
      loop.close();
    } catch (error) {
      round.tell(error);
    }
    bell.close();
  }
}

/** A workload without a loop of ours in this thread. */
async function driveAlone(round) {
  const bell = openBell(round);
  begin(round, bell.stopFd);
  const poll = setInterval(() => round.hear(), 10);
  try {
    await workload.run(round);
    await round.over;
  } finally {
    clearInterval(poll);
    bell.close();
  }
  return false;
}

function begin(round, stopFd) {
  const lasting = round.point?.use.endsWith('+') ?? false;
  referee.postMessage({ command: 'begin', id: round.id, stopFd, lasting });
}

let rounds = 0;
async function play(point) {
  const id = ++rounds;
  const { endsUntold, rules } = workload;
  const parts = {
    id,
    endsUntold,
    rules,
    control,
    progress,
    referee,
    port,
    rawloop,
    raw,
    echoPort,
    sleep,
  };
  const round = new Round({ mode, point, parts });
  current = round;
  const before = countDescriptors();
  control.arm(point, workload.scope);
  let alive = false;
  try {
    alive = await (workload.alone ? driveAlone : drive)(round);
  } catch (error) {
    round.faults.push(`the workload threw: ${error?.stack ?? error}`);
  }
  const struck = control.struck();
  const uses = control.uses();
  control.disarm();
  referee.postMessage({ command: 'end', id });
  for (let i = 0; i < SETTLE_STEPS && Atomics.load(done, 0) < id; i++) {
    Atomics.wait(done, 0, Atomics.load(done, 0), SETTLE_MS);
    await turn();
  }
  round.hear();
  const leaked = await leakedSince(before);
  const { rss } = process.memoryUsage();
  current = undefined;
  return { struck, uses, violations: judge(round, { struck, leaked, rss, alive }), rss };
}

const line = Buffer.alloc(4096);
/** The next point; undefined at the end. Blocks: between points nothing has to go on. */
function nextPoint() {
  let length = 0;
  for (;;) {
    let got = 0;
    try {
      got = readSync(0, line, length, 1, null);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      sleep(1);
      continue;
    }
    if (got === 0) return undefined;
    if (line[length++] === 10) return JSON.parse(line.toString('utf8', 0, length));
  }
}

const say = (value) => writeSync(1, `${JSON.stringify(value)}\n`);

/** Whether the kernel has epoll_pwait2 is asked once: by a wait that no turn before has to make. */
function askOnce() {
  const poller = rawloop.createPoller();
  poller.wait(new rawloop.ReadyList(1), 0.5);
  poller.close();
}

// The first round has no failure: what opens once opens here.
askOnce();
say(await play(undefined));
for (let next = nextPoint(); next !== undefined; next = nextPoint()) {
  say(next.count === true ? await play(undefined) : await play(next));
}
process.exit(0);
