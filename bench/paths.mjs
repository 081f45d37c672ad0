#!/usr/bin/env node
// What it costs to watch a folder with all below it, and whether what was told is what is there:
// loop.watchPath in both modes, npm chokidar and @parcel/watcher, and Node's own fs.watch.
// `node bench/paths.mjs [--rounds N] [--files N] [--folders N] [--json] [PEER...]`, with `--files 0` or
// `--folders 0` without that part. In each round each
// peer is a process of its own. `storm`: many files are made, folders renamed and removed, while it
// watches; CPU is its own, until the last event, `behind` how long that came after the storm, and the
// state is what its events amount to, compared with the disk. `idle`: a tree of many folders, what it takes
// until it is watched, and then in memory and in CPU while nothing happens. Medians of the rounds.
import { spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { plainPackage } from './packages.mjs';
import { median } from './stats.mjs';

const PEERS = ['owned', 'guest', 'chokidar', 'parcel', 'node'];
const PACKAGES = { chokidar: 'chokidar', parcel: '@parcel/watcher' };
const WORKER = fileURLToPath(new URL('workers/paths.mjs', import.meta.url));
const IN_A_FOLDER = 1000;

const nothing = () => {};
const touch = (path) => closeSync(openSync(path, 'w'));

/** Quick creations, and then some of them and whole trees are renamed and removed. */
function storm(folder, files) {
  const at = (...names) => join(folder, ...names.map(String));
  const count = Math.ceil(files / IN_A_FOLDER);
  for (let i = 0; i < count; i++) {
    mkdirSync(at(i));
    for (let j = 0; j < IN_A_FOLDER; j++) touch(at(i, j));
  }
  for (let i = 0; i < 200; i++) {
    mkdirSync(at('deep', i, 'a/b/c'), { recursive: true });
    touch(at('deep', i, 'a/b/c/file'));
  }
  for (let i = 0; i < count; i += 10) renameSync(at(i), at('deep', `moved${i}`));
  for (let i = 1; i < count; i += 5) rmSync(at(i), { recursive: true });
  renameSync(at('deep'), at('deeper'));
}

/** A tree that stands still. */
function grow(folder, folders) {
  const at = (...names) => join(folder, ...names.map(String));
  for (let i = 0; i < folders; i++) {
    if (i % 100 === 0) mkdirSync(at(i / 100));
    const inner = at(Math.floor(i / 100), i % 100);
    if (i % 100 > 0) mkdirSync(inner);
    for (const name of ['one', 'two']) touch(join(i % 100 > 0 ? inner : at(i / 100), name));
  }
}

/** What one peer tells: as it watches, and at the end. */
async function measure(peer, home, make, act) {
  const base = mkdtempSync(join(tmpdir(), 'rawloop-bench-'));
  const folder = join(base, 'watched');
  const done = join(base, 'done');
  mkdirSync(folder);
  make(folder);
  const child = spawn(process.execPath, [WORKER, peer, home, folder, done], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value } = await lines.next();
    if (value === undefined) throw new Error(`${peer} has ended early`);
    return JSON.parse(value);
  };
  try {
    const watching = await next();
    const begin = performance.now();
    act(folder);
    const stormMs = performance.now() - begin;
    const endMs = performance.timeOrigin + performance.now();
    writeFileSync(done, '');
    const outcome = await next();
    return { ...outcome, watching, stormMs, behindMs: Math.max(0, outcome.endedAt - endMs) };
  } finally {
    child.kill('SIGKILL');
    rmSync(base, { recursive: true, force: true });
  }
}

async function main(names, { rounds, files, folders, json }) {
  const homes = {};
  for (const name of names) {
    const found =
      PACKAGES[name] && (await plainPackage(PACKAGES[name], (line) => console.error(line)));
    if (found && 'absent' in found) throw new Error(found.absent);
    homes[name] = found?.folder ?? '';
  }
  const seen = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const [home, round] = [homes[name], {}];
      if (files > 0) round.storm = await measure(name, home, nothing, (top) => storm(top, files));
      if (folders > 0) {
        const { watching } = await measure(name, home, (top) => grow(top, folders), nothing);
        round.idle = watching;
      }
      seen[name].push(round);
    }
  }
  if (json) return console.log(JSON.stringify(seen));
  if (files > 0) console.log(`storm: ${files} files made, folders renamed and removed`);
  for (const name of files > 0 ? names : []) console.log(stormLine(name, seen[name]));
  if (folders > 0) console.log(`idle: ${folders} folders`);
  for (const name of folders > 0 ? names : []) console.log(idleLine(name, seen[name]));
}

function stormLine(name, rounds) {
  const of = (key) => median(rounds.map(({ storm }) => storm[key]));
  const right = rounds.filter(({ storm }) => storm.differs.length === 0).length;
  const [wrong] = rounds.flatMap(({ storm }) => storm.differs);
  const figures = [
    `CPU ${of('cpuMs').toFixed(0)} ms`,
    `behind ${of('behindMs').toFixed(0)} ms`,
    `${of('rss').toFixed(0)} MiB at most`,
    `${of('events')} events`,
    `${of('overflows')} overflows or errors`,
    `right in ${right} of ${rounds.length}${wrong === undefined ? '' : ` (${wrong})`}`,
  ];
  return `${name.padEnd(9)} ${figures.join(', ')}`;
}

function idleLine(name, rounds) {
  const of = (key) => median(rounds.map(({ idle }) => idle[key]));
  const figures = [
    `watched after ${of('readyMs').toFixed(0)} ms`,
    `CPU ${of('readyCpuMs').toFixed(0)} ms`,
    `then ${of('idleCpuMs').toFixed(1)} ms a second`,
    `${of('rss').toFixed(0)} MiB`,
    `${of('watches')} watches`,
  ];
  return `${name.padEnd(9)} ${figures.join(', ')}`;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    files: { type: 'string', default: '100000' },
    folders: { type: 'string', default: '10000' },
    json: { type: 'boolean', default: false },
  },
});
const unknown = positionals.find((name) => !PEERS.includes(name));
if (unknown !== undefined || !(Number(values.rounds) >= 1)) {
  console.error(`paths: peers are ${PEERS.join(', ')}, and --rounds is a number from 1 on`);
  process.exit(2);
}
const { rounds, files, folders, json } = values;
const numbers = { rounds: Number(rounds), files: Number(files), folders: Number(folders) };
await main(positionals.length > 0 ? positionals : PEERS, { ...numbers, json });
