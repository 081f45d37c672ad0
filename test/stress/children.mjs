// Many children: `node test/stress/children.mjs [--count N] [--at-once N] [--mode owned|guest]
// [--worker] [--no-host] [--exit pidfd|sigchld] [--seed N]`. Children of all kinds of ends, so many
// at once, while signals rain on this process and, in guest mode, while the host starts children of
// its own. Each exit must be told once, with the right status and all that the child wrote; no zombie
// and no descriptor may be left. Status 1 when something is not as it should be; --json says what.
import { spawn as hostSpawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const { values } = parseArgs({
  args: isMainThread ? process.argv.slice(2) : workerData,
  allowNegative: true,
  options: {
    count: { type: 'string', default: '10000' },
    'at-once': { type: 'string', default: '64' },
    mode: { type: 'string', default: 'owned' },
    worker: { type: 'boolean', default: false },
    host: { type: 'boolean', default: true },
    exit: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

if (values.exit !== '') process.env.RAWLOOP_CHILD_EXIT = values.exit;

/** Pids of children of this process, with their states. */
function children() {
  const found = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const [, state, parent] = /\) (\S) (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'));
      if (Number(parent) === process.pid) found.push(`${name} ${state}`);
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

/** Rains on `pid` until it is gone or this is killed. */
const RAIN = `
  i=0
  while kill -USR1 $1 2>/dev/null && kill -WINCH $1 2>/dev/null; do i=$((i+1)); done`;

/** What a child does, by a number, and how it has to end. */
const ENDS = [
  (n) => ({ script: `exit ${n % 256}`, code: n % 256, signal: null, text: '' }),
  (n) => ({ script: `echo ${n}`, code: 0, signal: null, text: `${n}\n` }),
  (n) => ({ script: 'kill -TERM $$', code: null, signal: 'SIGTERM', text: '', n }),
  (n) => ({ script: `echo ${n}; kill -9 $$`, code: null, signal: 'SIGKILL', text: `${n}\n` }),
];

class Run {
  faults = [];
  hostEnds = 0;
  #started = 0;
  #ended = 0;
  #random = Number(values.seed) | 1;

  constructor(loop) {
    this.loop = loop;
    this.count = Number(values.count);
  }

  /** Marsaglia's xorshift: the same seed, the same run. */
  #below(limit) {
    this.#random ^= this.#random << 13;
    this.#random ^= this.#random >>> 17;
    this.#random ^= this.#random << 5;
    return (this.#random >>> 0) % limit;
  }

  begin() {
    for (let i = 0; i < Number(values['at-once']); i++) this.next();
  }

  next() {
    if (this.#started === this.count) return;
    const n = this.#started++;
    const expected = ENDS[this.#below(ENDS.length)](n);
    let exits = 0;
    let text = '';
    const told = [];
    this.loop.spawn(
      '/bin/sh',
      ['-c', expected.script],
      { stdio: ['ignore', 'pipe', 'ignore'] },
      {
        stdout: (_child, chunk) => {
          text += Buffer.from(chunk).toString();
        },
        exit: (_child, { code, signal }) => {
          exits++;
          told.push(code, signal);
        },
        close: () => {
          const right = told[0] === expected.code && told[1] === expected.signal;
          if (exits !== 1) this.faults.push(`${n}: ${exits} exits`);
          else if (!right || text !== expected.text) this.faults.push(`${n}: ${told} '${text}'`);
          this.#ended++;
          this.next();
        },
      },
    );
  }

  /** Children of the host's, one after the other, while ours go on. */
  async beside() {
    for (let n = 0; this.#ended < this.count; n++) {
      const child = hostSpawn('/bin/sh', ['-c', `exit ${n % 256}`], { stdio: 'ignore' });
      const code = await new Promise((resolve) => child.on('exit', resolve));
      if (code !== n % 256) this.faults.push(`the host's ${n}: ${code}`);
      this.hostEnds++;
    }
  }

  get ended() {
    return this.#ended;
  }
}

/** Not in a promise's callback, where promises could not settle. */
function outside(call) {
  return new Promise((resolve) => setImmediate(() => resolve(call())));
}

async function main() {
  const require = createRequire(import.meta.url);
  const { EventLoop } = require('../../dist/index.cjs');
  // Warm, so that what is opened once does not count.
  const warm = new EventLoop();
  warm.spawn('true', [], { stdio: 'ignore' });
  await outside(() => warm.run());
  warm.close();
  if (isMainThread) for (const name of ['SIGUSR1', 'SIGWINCH']) process.on(name, () => {});
  const rain = isMainThread
    ? hostSpawn('/bin/sh', ['-c', RAIN, 'sh', String(process.pid)], { stdio: 'ignore' })
    : undefined;
  const before = readdirSync('/proc/self/fd').length;
  const loop = new EventLoop();
  let heard = 0;
  const watch = loop.onSignal('SIGUSR1', () => heard++);
  const run = new Run(loop);
  run.begin();
  if (values.mode === 'guest') {
    loop.attach();
    if (values.host) await run.beside();
    while (loop.alive) await new Promise((resolve) => setTimeout(resolve, 1));
  } else {
    await outside(() => loop.run());
  }
  watch.close();
  loop.close();
  const left = children().filter((line) => Number(line.split(' ')[0]) !== rain?.pid);
  const after = readdirSync('/proc/self/fd').length;
  rain?.kill('SIGKILL');
  const { faults, ended, hostEnds } = run;
  return { ended, hostEnds, heard, left, descriptors: after - before, faults };
}

/** The same in a Worker, whose process has the rain all the same. */
async function inWorker() {
  for (const name of ['SIGUSR1', 'SIGWINCH']) process.on(name, () => {});
  const rain = hostSpawn('/bin/sh', ['-c', RAIN, 'sh', String(process.pid)], { stdio: 'ignore' });
  const worker = new Worker(new URL(import.meta.url), { workerData: process.argv.slice(2) });
  const [result] = await once(worker, 'message');
  await once(worker, 'exit');
  rain.kill('SIGKILL');
  const pid = `${rain.pid} `;
  return { ...result, left: result.left.filter((line) => !line.startsWith(pid)) };
}

if (isMainThread) {
  const result = await (values.worker ? inWorker() : main());
  const isFaulty =
    result.faults.length > 0 ||
    result.left.length > 0 ||
    result.descriptors > 0 ||
    result.ended !== Number(values.count);
  if (values.json) console.log(JSON.stringify(result));
  else console.log(result);
  process.exit(isFaulty ? 1 : 0);
} else {
  parentPort.postMessage(await main());
}
