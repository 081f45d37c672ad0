#!/usr/bin/env node
// `npm run test:bundles [tool...]`: docs/bundling.md tried line by line. Packs the package,
// installs it in a scratch project, bundles two programs with each tool and runs the results
// where there is no node_modules. Prints a matrix. Exit code 1 when a cell is not what the
// page says; 77 when the bundlers could not be fetched.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { linkTools, runCell } from './bundles/cell.mjs';
import { readPage, threadsLine } from './bundles/page.mjs';
import { bundlers, installTools } from './bundles/tools.mjs';
import { root } from './project.mjs';
import { installTarball } from './runtimes/tarball.mjs';

const folder = join(root, 'scripts/bundles/programs');
const programs = [
  { file: join(folder, 'echo.mjs'), expected: 'echoed: through the bundle' },
  { file: join(folder, 'entries.mjs'), expected: 'entries: a pipe, one instance' },
  {
    file: join(folder, 'threads.mjs'),
    expected: 'threads: 3 of text, 7 of a file, a digest, what was packed, an address',
    // Of the page's section on threads: it takes the place of the line that copies the addon.
    line: threadsLine(),
    bare: 'ERR_RAWLOOP_WORKER_FILE',
  },
];

function print(lines) {
  const widths = lines[0].map((_, i) => Math.max(...lines.map((cells) => cells[i].length)));
  for (const cells of lines) {
    const text = cells.map((cell, i) => cell.padEnd(widths[i])).join('  ');
    console.log(text.trimEnd());
  }
}

/** One outcome for both programs, or each of them. */
const joined = (outcomes) => [...new Set(outcomes)].join(' / ');

async function runTool(tool, project, tools) {
  const cells = [];
  for (const program of programs) cells.push(await runCell(tool, program, project, tools));
  // Where the addon comes along by itself the threads' file is what is missing first.
  const bareOf = ({ bare }, i) => (bare === programs[i].bare ? 'works' : bare);
  const found = {
    bare: joined(cells.map(bareOf)),
    written: joined(cells.map(({ written }) => written)),
  };
  const asSaid = found.bare === tool.bare && found.written === tool.written;
  console.error(`${tool.name}: done`);
  return { ...found, tool, asSaid, output: cells.map(({ output }) => output).join('\n') };
}

if (!existsSync(join(root, 'build/Release/rawloop.node')) || !existsSync(join(root, 'dist/esm'))) {
  console.error('test:bundles: the package is not built: npm run build');
  process.exit(2);
}
let tools;
try {
  tools = await installTools(bundlers);
} catch ({ message }) {
  console.log(`skipped: ${message}`);
  process.exit(77);
}
const wanted = process.argv.slice(2);
const page = readPage().filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const tarball = installTarball();
const results = [];
try {
  linkTools(tarball.project, tools);
  for (const tool of page) results.push(await runTool(tool, tarball.project, tools));
} finally {
  tarball.remove();
}
print([
  ['tool', 'with nothing written', 'with the lines of the page', ''],
  ...results.map(({ tool, bare, written, asSaid }) => {
    const verdict = asSaid ? 'as docs/bundling.md says' : `docs: ${tool.bare}, ${tool.written}`;
    return [tool.name, bare, written, verdict];
  }),
]);
const wrong = results.filter(({ asSaid }) => !asSaid);
for (const { tool, output } of wrong) {
  console.log(`\n${tool.name}`);
  console.log(output.split('\n').slice(-80).join('\n').replace(/^/gm, '    | '));
}
console.log(`${results.length - wrong.length} passed, ${wrong.length} failed`);
if (wrong.length > 0 || results.length === 0) process.exitCode = 1;
