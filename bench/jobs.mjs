#!/usr/bin/env node
// What a job on a Worker costs beside what it does: loop.workers in both modes, piscina and
// tinypool. `node bench/jobs.mjs [--rounds N] [--json] [PEER...]`. Each peer is a process of its
// own with two threads, which adds two numbers of an object; all are alive at once and measured
// in turn, one job at a time and 64 in flight. Figures are medians of the rounds: wall time and
// CPU of the whole process, per job. Ratios are round by round, to the cheaper of the others.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { plainPackage } from './packages.mjs';
import { median } from './stats.mjs';

const PEERS = ['owned', 'guest', 'piscina', 'tinypool'];
const OURS = new Set(['owned', 'guest']);
const JOB = fileURLToPath(new URL('workers/add.mjs', import.meta.url));
const THREADS = 2;
const IN_FLIGHT = 64;
const JOBS = { one: 2000, many: 6400 };
const WARM_UP = 3000;

/** Peers by name: `{ run(input), end() }`. */
const make = {
  owned: () => ours((loop) => setImmediate(() => loop.run())),
  guest: () => ours((loop) => loop.attach()),
  piscina: (folder) => {
    const { Piscina } = createRequire(import.meta.url)(folder);
    return ofPool(new Piscina({ filename: JOB, minThreads: THREADS, maxThreads: THREADS }));
  },
  tinypool: async (folder) => {
    const { Tinypool } = await import(pathToFileURL(join(folder, 'dist/index.js')).href);
    return ofPool(new Tinypool({ filename: JOB, minThreads: THREADS, maxThreads: THREADS }));
  },
};

function ours(start) {
  const { EventLoop } = createRequire(import.meta.url)('../dist/index.cjs');
  const loop = new EventLoop();
  // It holds the loop, which waits for what the parent says.
  const workers = loop.workers({ file: JOB, size: THREADS }).ref();
  start(loop);
  return { run: (input) => workers.run(input) };
}

const ofPool = (pool) => ({ run: (input) => pool.run(input) });

async function oneAtATime(peer, count) {
  for (let i = 0; i < count; i++) await peer.run({ a: i, b: 1 });
}

async function manyInFlight(peer, count) {
  for (let i = 0; i < count; i += IN_FLIGHT) {
    await Promise.all(Array.from({ length: IN_FLIGHT }, (_, k) => peer.run({ a: i + k, b: 1 })));
  }
}

/** In µs per job. */
async function timed(work, peer, count) {
  const cpu = process.cpuUsage();
  const beginMs = performance.now();
  await work(peer, count);
  const wallUs = ((performance.now() - beginMs) * 1000) / count;
  const { user, system } = process.cpuUsage(cpu);
  return { wallUs, cpuUs: (user + system) / count };
}

/**
 * A peer's process measures when it is told to. The host's loop stands still in owned mode, so
 * the word comes by a descriptor that the loop itself waits for, where it is ours.
 */
async function child(name, folder) {
  const peer = await make[name](folder);
  await manyInFlight(peer, WARM_UP - (WARM_UP % IN_FLIGHT));
  await oneAtATime(peer, WARM_UP);
  const { writeSync, readSync } = await import('node:fs');
  const word = Buffer.alloc(1);
  for (;;) {
    writeSync(1, 'ready\n');
    // It blocks: nothing else is to happen in between.
    if (readSync(0, word) === 0) process.exit();
    const one = await timed(oneAtATime, peer, JOBS.one);
    const many = await timed(manyInFlight, peer, JOBS.many);
    writeSync(1, `${JSON.stringify({ one, many })}\n`);
  }
}

/** Starts a peer: what measures it once, and what ends it. */
async function start(name) {
  let folder = '';
  if (!OURS.has(name)) {
    const found = await plainPackage(name, (line) => console.error(line));
    if ('absent' in found) throw new Error(found.absent);
    folder = found.folder;
  }
  const args = [fileURLToPath(import.meta.url), '--child', name, '--folder', folder];
  const process_ = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: process_.stdout })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value;
  return {
    name,
    async measure() {
      await next();
      process_.stdin.write('x');
      return JSON.parse(await next());
    },
    async end() {
      process_.kill('SIGKILL');
      await once(process_, 'exit');
    },
  };
}

async function main(names, rounds, asJson) {
  const peers = [];
  for (const name of names) peers.push(await start(name));
  const seen = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const peer of peers) seen[peer.name].push(await peer.measure());
  }
  for (const peer of peers) await peer.end();
  const others = names.filter((name) => !OURS.has(name));
  const figures = names.flatMap((name) =>
    ['one', 'many'].map((load) => {
      const of = (key) => median(seen[name].map((round) => round[load][key]));
      const ratio = (key) =>
        median(
          seen[name].map((one, round) => {
            const least = Math.min(...others.map((other) => seen[other][round][load][key]));
            return one[load][key] / least;
          }),
        );
      const figure = { peer: name, load, wallUs: of('wallUs'), cpuUs: of('cpuUs') };
      if (!OURS.has(name) || others.length === 0) return figure;
      return { ...figure, wallRatio: ratio('wallUs'), cpuRatio: ratio('cpuUs') };
    }),
  );
  if (asJson) console.log(JSON.stringify(figures));
  else for (const figure of figures) console.log(lineOf(figure));
}

function lineOf({ peer, load, wallUs, cpuUs, wallRatio, cpuRatio }) {
  const what = load === 'one' ? 'one at a time' : `${IN_FLIGHT} in flight`;
  const ratios =
    wallRatio === undefined ? '' : `  ${wallRatio.toFixed(2)} x, CPU ${cpuRatio.toFixed(2)} x`;
  const figures = `${wallUs.toFixed(1)} us a job, CPU ${cpuUs.toFixed(1)} us`;
  return `${peer.padEnd(9)} ${what.padEnd(14)} ${figures}${ratios}`;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '9' },
    json: { type: 'boolean', default: false },
    // Of the processes that this one starts.
    child: { type: 'string', default: '' },
    folder: { type: 'string', default: '' },
  },
});
const unknown = positionals.find((name) => !PEERS.includes(name));
if (unknown !== undefined || !(Number(values.rounds) >= 1)) {
  console.error(`jobs: peers are ${PEERS.join(', ')}, and --rounds is a number from 1 on`);
  process.exit(2);
}
if (values.child !== '') await child(values.child, values.folder);
else await main(positionals.length > 0 ? positionals : PEERS, Number(values.rounds), values.json);
