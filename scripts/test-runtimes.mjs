#!/usr/bin/env node
// `npm run test:runtimes [runtime...]`: the contract suite (test/runtimes) on every
// runtime, with the built addon and dist/, some examples from the packed tarball, and on
// other Nodes a part of the vitest suite. Prints a matrix: passed, "+N" skipped, "!N"
// failed, "limit" where the time limit ended it. A runtime that cannot be fetched is
// skipped, and it says why. Exit code 1 when something failed; 77 with --skip-alone when
// no other runtime could be had.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { failureLines } from './failure-lines.mjs';
import { root } from './project.mjs';
import { cellText, countsOf, runProgram } from './runtimes/run.mjs';
import { findRuntime, runtimes } from './runtimes/runtimes.mjs';
import { installTarball, runExamples } from './runtimes/tarball.mjs';
import { runVitest } from './runtimes/vitest.mjs';

const AT_ONCE = 2;
const ADDON = join(root, 'build/Release/rawloop.node');
const folder = join(root, 'test/runtimes');

const suites = readdirSync(folder)
  .filter((name) => name.endsWith('.cjs') && !['runner.cjs', 'support.cjs'].includes(name))
  .map((name) => name.replace('.cjs', ''))
  .sort();
const columns = [...suites, 'tarball examples', 'vitest'];

async function runSuite({ path, args = [] }, suite, scratch) {
  const env = {
    ...{ ...process.env, RAWLOOP_ADDON: ADDON, NO_COLOR: '1' },
    // Deno 2.9 takes compiled code from its cache for a file that is another by now.
    DENO_DIR: join(scratch, 'deno'),
  };
  const ended = await runProgram(path, [...args, join(folder, `${suite}.cjs`)], { env, cwd: root });
  return { ...countsOf(ended), output: ended.output };
}

/** A row of the matrix: `{ name, version, cells: { column: counts }, skipped? }` */
async function runRuntime(runtime, tarball) {
  const row = { name: runtime.name, version: '', cells: {} };
  let path;
  try {
    path = await findRuntime(runtime);
  } catch ({ message }) {
    return { ...row, skipped: message };
  }
  const found = { ...runtime, path };
  const { output } = await runProgram(path, ['--version']);
  row.version = /\d+\.\d+\.\d+/.exec(output)?.[0] ?? '?';
  for (const suite of suites) row.cells[suite] = await runSuite(found, suite, tarball.folder);
  row.cells['tarball examples'] = await runExamples(tarball, path, runtime.args ?? []);
  // This Node runs all of it by `npm test`.
  if (runtime.isNode && !runtime.isThis) row.cells.vitest = await runVitest(found);
  console.error(`${row.name} ${row.version}: done`);
  return row;
}

function print(rows) {
  const lines = [
    ['runtime', 'version', ...columns],
    ...rows.map(({ name, version, cells, skipped }) =>
      skipped === undefined
        ? [name, version, ...columns.map((column) => cellText(cells[column]))]
        : [name, 'skipped', ...columns.map(() => '')],
    ),
  ];
  const widths = lines[0].map((_, i) => Math.max(...lines.map((cells) => cells[i].length)));
  for (const cells of lines) {
    console.log(
      cells
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    );
  }
}

/** What failed, and at the end the cells in a line each: all else may be long. */
function tellFailures(rows) {
  const failures = rows.flatMap(({ name, cells }) =>
    Object.entries(cells)
      .filter(([, { failed }]) => failed > 0)
      .map(([column, cell]) => ({ name, column, ...cell })),
  );
  for (const { name, column, why, output } of failures) {
    console.log(`\n${name}, ${column}${why ? `: ${why}` : ''}`);
    console.log(failureLines(output));
  }
  for (const { name, column, failed } of failures)
    console.log(`failed: ${name}, ${column}: ${failed}`);
}

if (!existsSync(ADDON) || !existsSync(join(root, 'dist/index.cjs'))) {
  console.error('test:runtimes: the package is not built: npm run build');
  process.exit(2);
}
const args = process.argv.slice(2);
// With no other runtime than this one there is little to say: for `npm run ok`.
const skipAlone = args.includes('--skip-alone');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const waiting = runtimes.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const tarball = installTarball();
const rows = [];
try {
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      rows.push(await runRuntime(next, tarball));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
} finally {
  tarball.remove();
}
const order = runtimes.map(({ name }) => name);
rows.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
print(rows);
tellFailures(rows);
for (const { name, skipped } of rows) {
  if (skipped !== undefined) console.log(`skipped: ${name}: ${skipped}`);
}
const all = rows.flatMap(({ cells }) => Object.values(cells));
const sum = (key) => all.reduce((total, counts) => total + counts[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
const others = rows.filter(({ name, skipped }) => skipped === undefined && name !== order[0]);
if (sum('failed') > 0) process.exitCode = 1;
else if (skipAlone && others.length === 0) {
  console.log(rows.find(({ skipped }) => skipped !== undefined)?.skipped ?? 'no other runtime');
  process.exitCode = 77;
}
