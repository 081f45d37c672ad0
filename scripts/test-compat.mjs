#!/usr/bin/env node
// The tests of the packages that rawloop/compat stands in for, and of packages that use
// them, run twice: with the original, built here, and with ours in its place.
// `npm run test:compat [-- NAME ... --checkouts FOLDER --keep]`. Fetches from npm.
//   NAME              these suites alone
//   --checkouts DIR   DIR/NAME is a checkout of the package, for those whose tests are not
//                     published
//   --keep            leaves the scratch folder, and says where it is
// Fails where a test passes with the original and not with ours.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sendsByOverride } from './compat/override.mjs';
import { runSuite } from './compat/runners.mjs';
import { installTools, place, placeOurs } from './compat/scratch.mjs';
import { SUITES } from './compat/suites.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { checkouts: { type: 'string' }, keep: { type: 'boolean', default: false } },
});
const unknown = positionals.find((name) => !SUITES.some((suite) => suite.name === name));
if (unknown !== undefined) {
  console.error(`test:compat: unknown suite '${unknown}': ${SUITES.map((s) => s.name).join(', ')}`);
  process.exit(2);
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

const scratch = mkdtempSync(join(tmpdir(), 'rawloop-compat-'));
try {
  installTools(scratch);
  placeOurs(scratch);
  const placed = new Map();
  // All first: some use others.
  for (const suite of SUITES) {
    if (suite.main !== undefined || isAsked(suite)) {
      placed.set(suite, place(scratch, suite, values.checkouts));
    }
  }
  let good = true;
  for (const suite of SUITES.filter(isAsked)) {
    const folders = placed.get(suite);
    if ('absent' in folders)
      console.log(`${suite.name} ${suite.version}\n  skipped: ${folders.absent}`);
    else good = compare(suite, folders, join(scratch, 'node_modules')) && good;
  }
  if (positionals.length === 0) {
    const sent = sendsByOverride(scratch);
    console.log(
      `a project with hot-shots and an override\n  rawloop:  ${sent ? 'sends' : 'fails'}`,
    );
    good &&= sent;
  }
  process.exitCode = good ? 0 : 1;
} finally {
  if (values.keep) console.log(scratch);
  else rmSync(scratch, { recursive: true, force: true });
}
