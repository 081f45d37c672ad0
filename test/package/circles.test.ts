// Folders whose files stand in no circle of imports, type imports counted: each can be
// read from the bottom up. With `import type { Timers } from './timers.js'` in timer.ts
// this fails.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './support.js';

const FOLDERS = ['loop/time/', 'inspect/'];

const lib = join(root, 'lib');
const files = readdirSync(lib, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(lib, name));

function importsOf(file: string): string[] {
  const specifiers = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export|\}).* from '(\..+)';$/gm,
  );
  return [...specifiers].map(([, specifier = '']) =>
    resolve(dirname(file), specifier).replace(/\.js$/, '.ts'),
  );
}

const imports = new Map(files.map((file) => [file, importsOf(file)]));

/** Whether the imports of a file, theirs and so on, lead back to it. */
function isInCircle(file: string): boolean {
  const seen = new Set<string>();
  const left = [...(imports.get(file) ?? [])];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (next === file) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    left.push(...(imports.get(next) ?? []));
  }
  return false;
}

test.each(FOLDERS)('no file of lib/%s is in a circle of imports', (folder) => {
  const own = files.filter((file) => relative(lib, file).startsWith(folder));
  expect(own.length).toBeGreaterThan(0);
  expect(own.filter(isInCircle).map((file) => relative(root, file))).toEqual([]);
});

test('a circle would be found', () => {
  const [first, second] = [join(lib, 'first.ts'), join(lib, 'second.ts')];
  imports.set(first, [second]);
  imports.set(second, [first]);
  expect(isInCircle(first)).toBe(true);
});
