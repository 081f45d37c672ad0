// Which test files the scripts of package.json run: what `npm test` leaves out, as it measures or takes
// long, is a step of `npm run ok`, and stands in one place.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../project.mjs';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** What `npm run NAME` gives vitest to find its files by: how their paths begin. */
export function filtersOf(name) {
  return scripts[name].split(' vitest run ')[1].split(' ');
}

/** `a{b,c}d` as `abd` and `acd`. */
function spelledOut(pattern) {
  const [, before, choices, after] = /^(.*?)\{(.*?)\}(.*)$/.exec(pattern) ?? [];
  if (choices === undefined) return [pattern];
  return choices.split(',').flatMap((each) => spelledOut(`${before}${each}${after}`));
}

/** The test files that `npm test` leaves out. */
export function leftOut() {
  const patterns = [...scripts.test.matchAll(/--exclude '([^']*)'/g)].flatMap(([, pattern]) =>
    spelledOut(pattern),
  );
  const starts = patterns.map((pattern) => pattern.replace(/\*\*$/, ''));
  return readdirSync(join(root, 'test'), { recursive: true })
    .map((name) => `test/${name}`)
    .filter((name) => name.endsWith('.test.ts'))
    .filter((name) => starts.some((start) => name.startsWith(start)));
}
