// docs/bundling.md as data: what the table says of each tool, and the files and lines of
// its section, which test:bundles runs as they stand.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../project.mjs';

const BLOCK = /^```(\w+)\n(.*?)^```$/gms;
const ROW = /^\| \[([^\]]+)\]\([^)]+\) \| (.+?) \| (.+?) \|$/gm;

/** `{ name, bare, written }`: the cells of the table by row. */
function rowsOf(text) {
  return [...text.matchAll(ROW)].map(([, name, bare, written]) => ({ name, bare, written }));
}

function sectionOf(text, name) {
  const start = text.indexOf(`\n## ${name}\n`);
  if (start < 0) throw new Error(`docs/bundling.md has no section '${name}'`);
  return text.slice(start).split(/\n## /)[1];
}

/** The last line of a sh block runs what was made; those that name rawloop are what one writes. */
function programOf(section) {
  const blocks = [...section.matchAll(BLOCK)].map(([, language, code]) => ({ language, code }));
  const lines =
    blocks
      .find(({ language }) => language === 'sh')
      ?.code.trim()
      .split('\n') ?? [];
  const files = blocks
    .filter(({ language }) => language !== 'sh')
    .map(({ language, code }) => {
      const name = /^\/\/ (\S+)\n/.exec(code)?.[1];
      return { name, code: language === 'jsonc' ? code.replace(/^.*\n/, '') : code };
    });
  const steps = lines.slice(0, -1);
  const isOurs = (line) => line.includes('rawloop');
  return {
    files,
    steps: steps.filter((line) => !isOurs(line)),
    ourSteps: steps.filter(isOurs),
    start: lines.at(-1),
  };
}

/** What one writes for the threads of JavaScript. */
export function threadsLine() {
  const text = readFileSync(join(root, 'docs/bundling.md'), 'utf8');
  const [, line] = /^```sh\n(.*)\n```$/m.exec(sectionOf(text, 'Threads of JavaScript'));
  return line;
}

/** Every tool of the page: `{ name, bare, written, files, steps, ourSteps, start }`. */
export function readPage() {
  const text = readFileSync(join(root, 'docs/bundling.md'), 'utf8');
  return rowsOf(text).map((row) => ({ ...row, ...programOf(sectionOf(text, row.name)) }));
}
