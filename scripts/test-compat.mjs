#!/usr/bin/env node
// The tests of the packages that rawloop/compat stands in for, and of packages that use
// them, run twice: with the original, built here, and with ours in its place.
// `npm run test:compat`, by packages of npm.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sendsByOverride } from './compat/override.mjs';
import { runSuite } from './compat/runners.mjs';
import { installTools, place, placeOurs } from './compat/scratch.mjs';
import { SUITES } from './compat/suites.mjs';
import { runtimes } from './runtimes/runtimes.mjs';

const HELP = `Usage: npm run test:compat [-- NAME... --runtimes --checkouts DIR --keep]

Runs the tests of ${SUITES.map(({ name }) => name).join(', ')}
with the original and with rawloop in its place, and prints both results; without a NAME also
a project with hot-shots and run-pty, and overrides. Fetches from npm.

  NAME              these suites alone
  --runtimes        the project also by the other Nodes, Bun and Deno
  --checkouts DIR   DIR/NAME is a checkout of the package, for those whose tests are not published
  --keep            leave the scratch folder, and say where it is

Exit code: 0 all is well; 1 a test passes with the original and not with ours; 2 bad arguments;
77 the packages could not be fetched.
`;

function argumentsOf() {
  const flag = { type: 'boolean', default: false };
  const options = {
    help: { ...flag, short: 'h' },
    checkouts: { type: 'string' },
    keep: flag,
    runtimes: flag,
  };
  try {
    const given = parseArgs({ allowPositionals: true, options });
    const unknown = given.positionals.find((name) => !SUITES.some((suite) => suite.name === name));
    if (unknown !== undefined) throw new Error(`no suite '${unknown}': see --help`);
    return given;
  } catch (error) {
    console.error(`test:compat: ${error.message}`);
    process.exit(2);
  }
}

const { values, positionals } = argumentsOf();
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const isAsked = ({ name }) => positionals.length === 0 || positionals.includes(name);

const tell = (results) => {
  const passed = [...results.values()].filter(Boolean).length;
  return `${passed} passed, ${results.size - passed} failed`;
};

function compare(suite, folders, modules) {
  const original = runSuite(suite, folders.original, modules);
  const ours = runSuite(suite, folders.ours, modules);
  const worse = [...original].filter(([test, passed]) => passed && ours.get(test) !== true);
  const better = [...ours].filter(([test, passed]) => passed && original.get(test) !== true);
  console.log(`${suite.name} ${suite.version}`);
  console.log(`  original: ${tell(original)}`);
  console.log(`  rawloop:  ${tell(ours)}`);
  for (const [test] of worse) console.log(`  only with the original: ${test}`);
  for (const [test] of better) console.log(`  only with rawloop: ${test}`);
  const both = [...ours].filter(([test, passed]) => !passed && original.get(test) === false);
  for (const [test] of both) console.log(`  with neither: ${test}`);
  return worse.length === 0;
}

/** All first: some use others. Undefined: they could not be fetched. */
function placeAll() {
  try {
    installTools(scratch);
  } catch (error) {
    console.log(`skipped: the registry: ${error.message.split('\n')[0]}`);
    return undefined;
  }
  placeOurs(scratch);
  const needed = SUITES.filter((suite) => suite.main !== undefined || isAsked(suite));
  return new Map(needed.map((suite) => [suite, place(scratch, suite, values.checkouts)]));
}

async function projectSends() {
  console.log('a project with hot-shots and run-pty, and overrides');
  const asked = runtimes.filter(({ isThis }) => isThis || values.runtimes);
  const results = await sendsByOverride(scratch, asked);
  for (const { name, sent, why, absent } of results) {
    if (absent === undefined) console.log(`  ${name}: ${sent ? 'works' : `fails: ${why}`}`);
    else console.log(`  skipped: ${name}: ${absent}`);
  }
  return results.every(({ sent }) => sent !== false);
}

const scratch = mkdtempSync(join(tmpdir(), 'rawloop-compat-'));
try {
  const placed = placeAll();
  let good = true;
  for (const suite of placed === undefined ? [] : SUITES.filter(isAsked)) {
    const folders = placed.get(suite);
    if ('absent' in folders) console.log(`skipped: ${suite.name}: ${folders.absent}`);
    else good = compare(suite, folders, join(scratch, 'node_modules')) && good;
  }
  if (placed !== undefined && positionals.length === 0) {
    good = (await projectSends()) && good;
  }
  process.exitCode = placed === undefined ? 77 : good ? 0 : 1;
} finally {
  if (values.keep) console.log(scratch);
  else rmSync(scratch, { recursive: true, force: true });
}
