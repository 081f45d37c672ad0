// What a loop costs before it does anything: the time to make one, to run it empty and to
// close it, the memory of each kind that it holds, its descriptors, and the system calls,
// where strace(1) is there to count them.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const COUNT = 200;
/** Made and closed before anything is measured: code is compiled, tables are made. */
const WARM = 300;
const ROUNDS = 15;
/** What strace is to count: the difference between so many loops and none. */
const TRACED = 'traced';

const require = createRequire(import.meta.url);
const { EventLoop } = require('../dist/index.cjs');
const file = fileURLToPath(import.meta.url);

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const descriptors = () => readdirSync('/proc/self/fd').length;

/** What was freed is gone from the counts when the collector has come twice, with a pause. */
const settled = () =>
  new Promise((resolve) => {
    globalThis.gc();
    setTimeout(() => {
      globalThis.gc();
      setTimeout(resolve, 20);
    }, 20);
  });

async function memory() {
  await settled();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, buffers: arrayBuffers };
}

/** Calls `act` where no promise callback is under way: run() would warn. */
const outside = (act) => new Promise((resolve) => setImmediate(() => resolve(act())));

/** What each loop of many holds, by kind. */
async function held(prepare) {
  const loops = new Array(COUNT);
  const fds = descriptors();
  const before = await memory();
  await outside(() => {
    for (let i = 0; i < COUNT; i++) loops[i] = prepare(new EventLoop());
  });
  const after = await memory();
  const each = Object.entries(after).map(([kind, bytes]) => [kind, (bytes - before[kind]) / COUNT]);
  each.push(['descriptors', (descriptors() - fds) / COUNT]);
  for (const loop of loops) loop.close();
  return Object.fromEntries(each);
}

const cpuMicros = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Microseconds of CPU time for each step of a loop's life, as medians of rounds. */
function times() {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const marks = [cpuMicros()];
    const loops = Array.from({ length: COUNT }, () => new EventLoop());
    marks.push(cpuMicros());
    for (const loop of loops) loop.run();
    marks.push(cpuMicros());
    for (const loop of loops) loop.close();
    marks.push(cpuMicros());
    return marks;
  });
  const step = (index) => median(rounds.map((marks) => (marks[index + 1] - marks[index]) / COUNT));
  return { 'new EventLoop()': step(0), 'an empty run()': step(1), 'close()': step(2) };
}

/** System calls of a loop's life; undefined where strace is not. */
function systemCalls() {
  const counted = (loops) => {
    const args = ['-f', '-c', '-U', 'name,calls', process.execPath, file, TRACED, `${loops}`];
    const { status, stderr } = spawnSync('strace', args, { encoding: 'utf8' });
    if (status !== 0) return undefined;
    const rows = stderr.matchAll(/^\s*([a-z_0-9]+)\s+(\d+)\s*$/gm);
    return new Map([...rows].map(([, name, calls]) => [name, Number(calls)]));
  };
  const [none, some] = [counted(0), counted(COUNT)];
  if (none === undefined || some === undefined) return undefined;
  return [...some]
    .map(([name, calls]) => [name, (calls - (none.get(name) ?? 0)) / COUNT])
    .filter(([name, calls]) => calls > 0.9 && name !== 'total');
}

function live(loops) {
  for (let i = 0; i < loops; i++) {
    const loop = new EventLoop();
    loop.run();
    loop.close();
  }
}

async function tell() {
  const print = (name, value, unit) =>
    console.log(`${name.padEnd(42)}${value.padStart(10)} ${unit}`);
  await outside(() => live(WARM));
  for (const [name, us] of Object.entries(await outside(times)))
    print(name, us.toFixed(1), 'µs of CPU');
  const kinds = { heap: 'JavaScript heap', buffers: 'array buffers' };
  const stages = {
    made: (loop) => loop,
    'run once, empty': (loop) => {
      loop.run();
      return loop;
    },
    'after a timer': (loop) => {
      loop.setTimeout(() => {}, 0);
      loop.run();
      return loop;
    },
  };
  for (const [stage, prepare] of Object.entries(stages)) {
    const each = await held(prepare);
    for (const [kind, title] of Object.entries(kinds)) {
      print(`${stage}: ${title}`, each[kind].toFixed(0), 'bytes');
    }
    print(`${stage}: descriptors`, each.descriptors.toFixed(1), '');
  }
  const calls = systemCalls();
  if (calls === undefined) console.log('system calls: not counted, as strace is not there');
  else for (const [name, count] of calls) print(`system calls: ${name}`, count.toFixed(1), '');
}

const [mode, loops] = process.argv.slice(2);
if (mode === TRACED) await outside(() => live(Number(loops)));
else if (globalThis.gc !== undefined) await tell();
else spawnSync(process.execPath, ['--expose-gc', file], { stdio: 'inherit' });
