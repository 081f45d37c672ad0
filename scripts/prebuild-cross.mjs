#!/usr/bin/env node
// `npm run prebuild:cross [target...]`: builds the addon for systems that this machine
// is not, checks each file and runs those that can be run here. Prints a table. Exit code
// 0: all were built and checked, and none failed where it could be run, each that could
// not says why; 1: a build, a check or a run failed; 2: a mistake in the call.
// See docs/platforms.md.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkAddon } from './cross/check.mjs';
import { runAddon } from './cross/run.mjs';
import { summarize } from './cross/summary.mjs';
import { targets } from './cross/targets.mjs';
import { build, fetchZig } from './cross/zig.mjs';
import { root } from './project.mjs';

const wanted = process.argv.slice(2);
const chosen = targets.filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.startsWith(part)),
);

async function oneTarget(zig, target) {
  const row = { target: target.name, kB: '', type: '', symbols: '', run: '', failures: [] };
  try {
    const path = await build(zig, target);
    const { bytes, type, glibc, problems } = checkAddon(path, target);
    row.kB = (bytes / 1000).toFixed(0);
    row.bytes = bytes;
    row.type = type.replace(/,? (version|flags).*/, '');
    row.failures.push(...problems);
    const versions = glibc === undefined ? '' : `, glibc ${glibc}`;
    row.symbols = problems.length === 0 ? `ok${versions}` : `FAILED (${problems.length})`;
    const { ran, resolved, skipped, failed } = await runAddon(path, target);
    row.skipped = skipped;
    const how = resolved ? "resolved by musl's linker, not run" : 'skipped';
    row.run = ran ?? (skipped === undefined ? 'FAILED' : `${how}: ${skipped}`);
    if (failed !== undefined) row.failures.push(failed);
  } catch (error) {
    row.type ||= 'FAILED';
    row.failures.push((error.stderr || error.stack).trim().split('\n').slice(0, 30).join('\n'));
  }
  return row;
}

function print(rows) {
  const columns = ['target', 'kB', 'type', 'symbols', 'run'];
  const widths = columns.map((name) =>
    Math.max(...[name, ...rows.map((row) => row[name])].map((text) => text.length)),
  );
  const line = (cells) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd();
  console.log(line(columns));
  for (const row of rows) console.log(line(columns.map((name) => row[name])));
  for (const { target, failures } of rows) {
    for (const failure of failures) console.log(`\n${target}: ${failure}`);
  }
}

if (chosen.length === 0) {
  console.error(`prebuild: no such target: use ${targets.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
if (!existsSync(join(root, 'dist/index.cjs'))) {
  console.error('prebuild: dist/ is not built: npm run build');
  process.exit(2);
}
const zig = await fetchZig().catch(({ message }) => {
  console.error(`prebuild: ${message}`);
  process.exit(1);
});
const rows = [];
for (const target of chosen) {
  console.error(`building ${target.name}`);
  rows.push(await oneTarget(zig, target));
}
print(rows);
const { isFailed, lines } = summarize(rows);
console.log(`\n${lines.join('\n')}`);
process.exitCode = isFailed ? 1 : 0;
