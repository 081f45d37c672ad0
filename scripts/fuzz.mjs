#!/usr/bin/env node
// `npm run fuzz`: random and hostile calls against the addon and the loop under
// sanitizers. Each part of a run is a process with a seed of its own, which repeats it.
// Ends with 0 when nothing was found, 1 when something was, 2 for a mistake in the call,
// 77 when it cannot run here.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { partSeed } from '../test/fuzz/support/random.mjs';
import { OMISSIONS } from '../test/fuzz/support/without.mjs';
import { buildAddon, buildFence, missing } from './fuzz/build.mjs';
import { lostMutants, runMutants } from './fuzz/mutants.mjs';
import { isFencedTwice, runProcess } from './fuzz/process.mjs';
import { root, run } from './project.mjs';

const HELP = `Usage: npm run fuzz [-- options]

Calls the addon and the loop with random and hostile arguments, under AddressSanitizer and
UBSan, and what threads share under ThreadSanitizer.

  --raw N        calls of rawloop/raw and of the addon      (default 60000)
  --public N     calls of EventLoop, its handles, requests  (default 12000)
  --threads N    calls of pool, wakers, thread server, signals (default 6000)
  --long         1,000,000 raw, 200,000 public and 100,000 calls of threads
  --seconds S    goes on with new seeds until S seconds are over
  --seed X       0 to 2^32-1; default: a new one, which is printed
  --part KIND    repeats one process: raw, public or threads, with --seed as printed
  --program X    repeats one program of the public calls
  --without X,…  goes on behind known faults: {omissions}
  --trace        prints each raw call before it is made (with --part raw)
  --mutants      breaks the addon on purpose, a place at a time, and shows what finds it
  --mutant TEXT  the same, of those whose name has TEXT in it
  --help
`;
const EXIT_SKIPPED = 77;
/** Of one part: the rest would be more of the same. */
const MOST_FOUND = 3;
const PROGRESS_MS = 20_000;
/** Calls of one process: few, so that what is found is repeated soon. */
const PARTS = {
  raw: { kind: 'asan', script: 'raw.mjs', size: 30_000 },
  public: { kind: 'asan', script: 'public.mjs', size: 4000 },
  threads: { kind: 'tsan', script: 'threads.mjs', size: 3000 },
};

function fail(message) {
  console.error(`fuzz: ${message} (--help shows what is possible)`);
  process.exit(2);
}

function integer(name, text, max = 2 ** 32 - 1) {
  if (/^\d+$/.test(text) && Number(text) <= max) return Number(text);
  return fail(`--${name} must be an integer from 0 to ${max}, not '${text}'`);
}

function readOptions() {
  const text = { type: 'string' };
  const flag = { type: 'boolean' };
  const options = {
    raw: text, public: text, threads: text, seconds: text, seed: text, part: text, program: text,
    without: text,
    mutant: text, long: flag, trace: flag, mutants: flag, help: { ...flag, short: 'h' },
  }; // biome-ignore format: a table
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return fail(error.message);
  }
}

const given = readOptions();
if (given.help) {
  process.stdout.write(HELP.replace('{omissions}', Object.keys(OMISSIONS).join(', ')));
  process.exit(0);
}
const seed =
  given.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : integer('seed', given.seed);
const totals = given.long
  ? { raw: 1_000_000, public: 200_000, threads: 100_000 }
  : { raw: 60_000, public: 12_000, threads: 6000 };
// What is asked for by name alone is all that is run.
const isChosen = ['raw', 'public', 'threads'].some((name) => given[name] !== undefined);
for (const name of Object.keys(totals)) {
  if (given[name] !== undefined) totals[name] = integer(name, given[name]);
  else if (isChosen) totals[name] = 0;
}
for (const name of (given.without ?? '').split(',')) {
  if (name !== '' && OMISSIONS[name] === undefined) fail(`--without knows no '${name}'`);
}
// The processes read it.
process.env.RAWLOOP_FUZZ_WITHOUT = given.without ?? '';
const why = missing();
if (why !== undefined) {
  console.log(`skipped: ${why}`);
  process.exit(EXIT_SKIPPED);
}
if (!existsSync(join(root, 'dist/index.cjs'))) run(join(root, 'scripts/build.mjs'), ['js']);

const tools = new Map();

/** What a kind of process needs, built on first use. */
function toolsOf(kind) {
  if (!tools.has(kind)) tools.set(kind, { kind, addon: buildAddon(kind), fence: buildFence(kind) });
  return tools.get(kind);
}

/** What it is given beside the seed. */
function argsOf(name, partSeed, calls) {
  const last = { raw: given.trace ? ['--trace'] : [], public: ['LOG'], threads: [] }[name];
  return [`${partSeed}`, `${calls}`, ...last];
}

function repeat(name, partSeed, calls, what) {
  const program = name === 'public' ? /"program":(\d+)/.exec(what)?.[1] : undefined;
  const without = given.without ? ` --without ${given.without}` : '';
  const whole = `npm run fuzz -- --part ${name} --seed ${partSeed} --${name} ${calls}${without}`;
  const alone = `npm run fuzz -- --program ${program}${without}`;
  return program === undefined ? whole : `${whole}\n  or: ${alone}`;
}

async function part(name, partSeed, calls) {
  const { kind, script } = PARTS[name];
  const args = argsOf(name, partSeed, calls);
  const result = await runProcess({ ...toolsOf(kind), script, args });
  if (!result.ok) {
    console.log(`FOUND by ${name}, after ${result.calls} calls\n${result.what}`);
    console.log(`repeat: ${repeat(name, partSeed, calls, result.what)}\n`);
  }
  return result;
}

/** All of one kind, a process after the other. */
async function all(name, total, deadlineMs) {
  const { size } = PARTS[name];
  const startMs = performance.now();
  let calls = 0;
  let found = 0;
  let toldMs = startMs;
  for (let i = 0; calls < total || performance.now() < deadlineMs; i++) {
    const wanted = deadlineMs > 0 ? size : Math.min(size, total - calls);
    const result = await part(name, partSeed(seed, i), wanted);
    if (!result.ok) found++;
    // What ends early has made its calls all the same: no endless tries.
    calls += result.ok ? result.calls : Math.max(result.calls, wanted);
    if (found >= MOST_FOUND) break;
    if (performance.now() < toldMs + PROGRESS_MS) continue;
    toldMs = performance.now();
    console.error(`  ${name}: ${calls} of ${total} calls, ${found} found`);
  }
  const seconds = (performance.now() - startMs) / 1000;
  const rate = Math.round(calls / seconds);
  console.log(
    `${name}: ${calls} calls in ${seconds.toFixed(1)} s, ${rate}/s, ${PARTS[name].kind}: ${found} found`,
  );
  return found;
}

async function one() {
  if (given.trace) console.log('calls are numbered from 1');
  const isProgram = given.program !== undefined;
  const name = isProgram ? 'public' : given.part;
  if (PARTS[name] === undefined) fail(`--part must be raw, public or threads, not '${name}'`);
  if (!isProgram) return part(name, seed, totals[name] || PARTS[name].size);
  const args = ['--program', `${integer('program', given.program)}`, 'LOG'];
  const result = await runProcess({ ...toolsOf('asan'), script: 'public.mjs', args });
  console.log(result.ok ? 'nothing found' : result.what);
  return result;
}

if (given.part !== undefined || given.program !== undefined) {
  process.exitCode = (await one()).ok ? 0 : 1;
} else if (given.mutants || given.mutant !== undefined) {
  process.exitCode = (await runMutants(seed, given.mutant)) ? 0 : 1;
} else {
  console.log(
    `seed ${seed}${isFencedTwice() ? '' : ', in the network of this machine: behind the fence alone'}`,
  );
  const seconds = given.seconds === undefined ? 0 : integer('seconds', given.seconds);
  const names = Object.keys(totals).filter((name) => totals[name] > 0);
  let found = 0;
  for (const lost of lostMutants()) {
    console.log(`FOUND: ${lost}: scripts/fuzz/mutants.mjs`);
    found++;
  }
  // Built one after the other, run beside each other: the public calls mostly wait.
  for (const name of names) toolsOf(PARTS[name].kind);
  const deadlineMs = seconds > 0 ? performance.now() + seconds * 1000 : 0;
  const counts = await Promise.all(names.map((name) => all(name, totals[name], deadlineMs)));
  for (const count of counts) found += count;
  process.exitCode = found === 0 ? 0 : 1;
}
