#!/usr/bin/env node
// `npm run torture`: system calls of ours fail, one at a time, while workloads run; the
// scoreboard says what held. See test/torture/README.md.
import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildLibrary, reasonToSkip } from '../test/torture/build.mjs';
import { CALL_NAMES } from '../test/torture/calls.mjs';
import { countUses, runPoints } from '../test/torture/lane.mjs';
import {
  checkPoint,
  hostPoints,
  MODES,
  matches,
  pointsOf,
  shortened,
} from '../test/torture/points.mjs';
import { Scoreboard } from '../test/torture/report.mjs';
import { root } from './project.mjs';

const HOST = 'net';
/** What node:net is compared with. */
const LIKE = 'tcp';
const BATCH = 40;
const SKIP_CODE = 77;

const HELP = `Usage: npm run torture [-- options]

Runs workloads while one of their system calls fails, at its 1st, 2nd, 3rd, 10th and
50th use and for a while on end, with every errno that it may give.

  --workload NAMES   only these, separated by commas; --list names them
  --mode MODES       owned, guest
  --call CALLS       such as accept4,recv
  --errno NAMES      such as EPERM
  --use USES         such as 1,50 or 1+ (from the 1st on, for a while)
  --short            every call with every errno once: about a minute
  --no-net           without node:net at the same points
  --jobs N           processes at a time, default 2
  --dist FOLDER      the built package to try, default dist
  --folder FOLDER    workloads from elsewhere
  --json FILE        writes all results
  --list             names the points and runs none
  --verbose          a line for each point
  --help

All five of a point given: that one is run, and shown. Exit code 1: something was
violated; 2: a bad option; 77: there is no way to run it here.
`;

const options = {
  workload: { type: 'string' },
  mode: { type: 'string' },
  call: { type: 'string' },
  errno: { type: 'string' },
  use: { type: 'string' },
  short: { type: 'boolean' },
  'no-net': { type: 'boolean' },
  jobs: { type: 'string', default: '2' },
  dist: { type: 'string', default: join(root, 'dist') },
  folder: { type: 'string', default: join(root, 'test/torture/workloads') },
  json: { type: 'string' },
  list: { type: 'boolean' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
};

function fail(message) {
  console.error(`torture: ${message}`);
  process.exit(2);
}

function workloadsIn(folder) {
  const modules = readdirSync(folder).filter((name) => name.endsWith('.mjs'));
  return modules.map((name) => name.slice(0, -'.mjs'.length)).filter((name) => name !== HOST);
}

function readOptions() {
  try {
    const { values } = parseArgs({ options });
    const workloads = workloadsIn(values.folder);
    const filters = {};
    for (const name of ['workload', 'mode', 'call', 'errno', 'use']) {
      filters[name] = values[name]?.split(',') ?? [];
    }
    const known = {
      workload: [...workloads, HOST],
      mode: [...MODES, 'host'],
      call: CALL_NAMES,
    };
    for (const [name, allowed] of Object.entries(known)) {
      const unknown = filters[name].find((given) => !allowed.includes(given));
      if (unknown !== undefined) throw new Error(`no ${name} '${unknown}': ${allowed.join(', ')}`);
    }
    if (!/^[1-9]\d?$/.test(values.jobs)) throw new Error('--jobs takes a number from 1 to 99');
    return { ...values, filters, workloads };
  } catch (error) {
    return fail(error.message);
  }
}

const given = readOptions();
if (given.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const skip = reasonToSkip();
if (skip !== undefined) {
  console.log(`torture: ${skip}`);
  process.exit(SKIP_CODE);
}
const common = {
  dist: resolve(given.dist),
  folder: resolve(given.folder),
  library: buildLibrary(),
};

/** Works off `tasks`, several at a time. */
async function together(tasks) {
  const waiting = [...tasks];
  const worker = async () => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) await task();
  };
  await Promise.all(Array.from({ length: Number(given.jobs) }, worker));
}

/** The one point that all five options name, if they do. */
function singlePoint() {
  const lists = Object.values(given.filters);
  if (!lists.every(({ length }) => length === 1)) return undefined;
  const point = Object.fromEntries(
    Object.entries(given.filters).map(([name, [value]]) => [name, value]),
  );
  try {
    checkPoint(point);
  } catch (error) {
    fail(error.message);
  }
  return point.workload === HOST ? { ...point, ours: point.call } : point;
}

async function allPoints() {
  const { workload: names, mode: kinds } = given.filters;
  const chosen = given.workloads.filter((name) => names.length === 0 || names.includes(name));
  const modes = MODES.filter((mode) => kinds.length === 0 || kinds.includes(mode));
  const found = [];
  await together(
    chosen.flatMap((workload) =>
      modes.map((mode) => async () => {
        const { default: definition } = await import(join(common.folder, `${workload}.mjs`));
        const uses = await countUses({ ...common, workload, mode });
        found.push(...pointsOf({ workload, mode, uses, definition }));
      }),
    ),
  );
  const order = (point) => `${point.workload} ${point.mode}`;
  found.sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0));
  const matching = found.filter((point) => matches(point, given.filters));
  const ours = given.short ? shortened(matching) : matching;
  return given['no-net'] ? ours : [...ours, ...hostPoints(ours, LIKE)];
}

/** Points of one workload and mode, a process's share each. */
function batchesOf(points) {
  const groups = new Map();
  for (const point of points) {
    const name = `${point.workload} ${point.mode}`;
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(point);
  }
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / BATCH) }, (_, i) =>
      group.slice(i * BATCH, (i + 1) * BATCH),
    ),
  );
}

function pointText({ workload, mode, call, errno, use }) {
  return `${workload} ${mode} ${call} ${errno} ${use}`;
}

async function runAll(points, board) {
  let done = 0;
  const tell = (point, result) => {
    done++;
    board.add(point, result);
    const [first] = result.violations;
    if (given.verbose || points.length === 1) {
      const verdict = result.struck === 0 ? 'not reached' : 'held';
      console.log(`${pointText(point)}: ${first ? `${first.kind}: ${first.text}` : verdict}`);
    } else if (done % 100 === 0) {
      console.log(`${done} of ${points.length} points, ${board.violated} violated`);
    }
  };
  const tasks = batchesOf(points).map((batch) => () => {
    const { workload, mode } = batch[0];
    return runPoints({ ...common, workload, mode }, batch, tell);
  });
  await together(tasks);
}

try {
  const single = singlePoint();
  const points = single === undefined ? await allPoints() : [single];
  if (given.list) {
    for (const point of points) console.log(pointText(point));
    process.exit(0);
  }
  if (points.length === 0) fail('no such point: the workload never calls that, or not so often');
  const startMs = performance.now();
  const board = new Scoreboard();
  await runAll(points, board);
  for (const text of board.text()) console.log(text);
  console.log(`in ${((performance.now() - startMs) / 1000).toFixed(0)} s`);
  if (given.json) writeFileSync(given.json, `${JSON.stringify(board.json, null, 1)}\n`);
  process.exitCode = board.violated === 0 ? 0 : 1;
} catch (error) {
  console.error(`torture: ${error.message}`);
  process.exitCode = 1;
}
