// One process of raw calls: `node raw.mjs SEED CALLS [--trace]`, under sanitizers as
// scripts/fuzz.mjs starts it. Ends with 0, or with 1 after it has told a finding.
import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Arguments } from './raw/arguments.mjs';
import { rawCalls } from './raw/calls.mjs';
import { datagramCalls } from './raw/datagrams.mjs';
import {
  crossingCall,
  ENDS_PROCESS,
  guardCall,
  internalCalls,
  refusedCall,
} from './raw/internals.mjs';
import { PoolCalls } from './raw/pool-calls.mjs';
import { World } from './raw/world.mjs';
import { tellFinding } from './support/finding.mjs';
import { watchPrototypes } from './support/prototypes.mjs';
import { Random } from './support/random.mjs';
import { isFromObject, isMisuse, labelOf } from './support/values.mjs';
import { isWith } from './support/without.mjs';

const PROGRESS_EVERY = 200;
const TURN_EVERY = 500;
/** Some of their results are decided before the memory is looked at. */
const LOOKS_LATER = new Set(['kevent', 'ioctl', 'getsockopt', 'setsockopt']);

const require = createRequire(import.meta.url);
const [, , seedText, callsText, option] = process.argv;
const isTraced = option === '--trace';
const native = require(process.env.RAWLOOP_ADDON);
const raw = require('../../dist/raw.cjs');

const folder = mkdtempSync(join(tmpdir(), 'rawloop-fuzz-'));
process.chdir(folder);
const removeFolder = () => rmSync(folder, { recursive: true, force: true });
process.on('exit', removeFolder);

const random = new Random(Number(seedText));
const world = new World(random, native, folder);
let calls = 0;
let where = '';

function finding(what) {
  removeFolder();
  tellFinding({ call: calls, where, what });
}

const make = new Arguments(world, finding);
const table = { ...rawCalls(make), ...internalCalls(make), ...datagramCalls(make) };
const pool = new PoolCalls(make, native);
const known = Object.keys(table).filter((name) => typeof native[name] === 'function');
const unknown = Object.keys(native).filter(
  (name) =>
    typeof native[name] === 'function' && table[name] === undefined && !ENDS_PROCESS.has(name),
);
const missing = Object.keys(raw.supported).filter((name) => table[name] === undefined);
if (missing.length > 0) finding(`no arguments for ${missing.join(', ')}: test/fuzz/raw/calls.mjs`);

/** What to call next: `[name, arguments, function to call]`. */
function nextCall() {
  if (random.oneIn(8)) return pool.next();
  if (random.oneIn(100)) return guardCall(make, native);
  if (random.oneIn(10)) return crossingCall(make, native);
  if (random.oneIn(40)) {
    const name = random.pick(unknown);
    const args = refusedCall(make);
    return [name, args, () => called(native[name], args, random.oneIn(2))];
  }
  const name = random.pick(known);
  const args = table[name].args();
  if (random.oneIn(60)) args.length = random.below(args.length + 1);
  if (random.oneIn(100)) args.push(...Array(20).fill({}));
  // With `new` a descriptor that it returns would be lost.
  const isNew = table[name].after === undefined && random.oneIn(100);
  return [name, args, () => called(native[name], args, isNew)];
}

function called(call, args, isNew) {
  return isNew ? Reflect.construct(call, args) : Reflect.apply(call, undefined, args);
}

function describe(name, args) {
  return `${name}(${args.map(labelOf).join(', ')})`;
}

function check(name, args, outcome, wasDetached) {
  if ('thrown' in outcome) {
    const { thrown } = outcome;
    if (!isMisuse(thrown) && !isFromObject(thrown)) finding(`it threw ${thrown?.stack ?? thrown}`);
    return;
  }
  const { returned } = outcome;
  if (wasDetached && Object.hasOwn(raw.supported, name) && !LOOKS_LATER.has(name)) {
    finding('it took a detached buffer');
  }
  const call = table[name];
  if (call === undefined) {
    // Made without arguments: its descriptors are not left to the collector.
    if (typeof returned?.close === 'function') returned.close();
    return;
  }
  const isErrno = Number.isInteger(returned) && returned < 0 && returned > -4096;
  // Without `new`, which returns an object.
  const isConstructed =
    typeof returned === 'object' && returned !== null && !Array.isArray(returned);
  if (!isErrno && !isConstructed && call.isResult !== undefined && !call.isResult(returned)) {
    finding(`it returned ${labelOf(returned)}`);
  }
  call.after?.(returned, args);
}

function one() {
  make.memories.length = 0;
  const [name, args, act] = nextCall();
  calls++;
  where = '';
  if (isTraced) writeSync(1, `call ${calls}: ${describe(name, args)}\n`);
  const wasDetached = args.some((arg) =>
    make.memories.some((m) => m.value === arg && m.isDetached),
  );
  const watch = random.oneIn(16) && isWith('setters') ? watchPrototypes() : undefined;
  let outcome;
  try {
    outcome = { returned: act() };
  } catch (thrown) {
    outcome = { thrown };
  }
  const setters = watch?.() ?? [];
  where = isTraced ? '' : describe(name, args);
  if (setters.length > 0) finding(`setters of prototypes ran: ${setters.join(', ')}`);
  for (const memory of make.memories) {
    if (!memory.isIntact())
      finding('it wrote around the memory that it was given, or into what was taken away');
  }
  check(name, args, outcome, wasDetached);
  world.refill();
}

async function main() {
  const total = Number(callsText);
  while (calls < total) {
    one();
    if (calls % PROGRESS_EVERY === 0) writeSync(1, `calls ${calls}\n`);
    if (calls % TURN_EVERY === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  pool.end();
  where = 'at the end';
  const left = world.end();
  if (left.length > 0) finding(`descriptors: ${left.join('; ')}`);
  writeSync(1, `calls ${calls}\ndone\n`);
}

await main();
