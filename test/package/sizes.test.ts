// Files stay short enough to be read whole, and are not cut into crumbs: at most 300 lines
// but for what is listed here, and below 25 only what docs/decisions/0016-file-sizes.md
// gives a reason for.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './support.js';

const FOLDERS = ['lib', 'native', 'test', 'bench', 'examples', 'scripts'];
const MOST = 300;
/** In lib and native: what is below has a reason. */
const SHORT = 25;
/** What is longer, and why: a table, say, of which no half is of use. */
const LONGER: Readonly<Record<string, string>> = {};

const SOURCE = /\.(ts|mts|cts|js|mjs|cjs|cc|c|h|txt|cmake|json|md)$/;

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { encoding: 'utf8', recursive: true })
    .map((name) => `${folder}/${name}`)
    .filter((name) => SOURCE.test(name) && !name.includes('node_modules/'))
    .filter((name) => statSync(join(root, name)).isFile());
}

const linesOf = (file: string) =>
  readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length;
const sizes = new Map(FOLDERS.flatMap(filesBelow).map((file) => [file, linesOf(file)]));

/** The paths in the page's table, in which a star is any name. */
function argued(): RegExp[] {
  const page = readFileSync(join(root, 'docs/decisions/0016-file-sizes.md'), 'utf8');
  const rows = page.match(/^\| .*$/gm)?.join('\n') ?? '';
  return [...rows.matchAll(/`((?:lib|native)\/[\w./*-]+\.\w+)`/g)].map(([, path = '']) => {
    const pattern = path.replaceAll('.', '\\.').replaceAll('*', '[^/]*');
    return new RegExp(`^${pattern}$`);
  });
}

test('the files are found at all', () => {
  expect(sizes.size).toBeGreaterThan(700);
});

test('no file has more than 300 lines', () => {
  const long = [...sizes].filter(([file, lines]) => lines > MOST && LONGER[file] === undefined);
  expect(long).toEqual([]);
});

test('what may be longer is', () => {
  expect(Object.keys(LONGER).filter((file) => (sizes.get(file) ?? 0) <= MOST)).toEqual([]);
});

test('the page on sizes has a reason for each file of less than 25 lines', () => {
  const reasons = argued();
  expect(reasons.length).toBeGreaterThan(10);
  const short = [...sizes].filter(([file, lines]) => /^(lib|native)\//.test(file) && lines < SHORT);
  expect(short.length).toBeGreaterThan(10);
  expect(short.filter(([file]) => !reasons.some((each) => each.test(file)))).toEqual([]);
});
