// What `npm test` leaves out is run by `npm run ok`: each file by a script of package.json, or the step of
// the tarball. A file that stands in neither would be tested by nobody, and nothing would say so.
//
// With a name taken out of test:long or test:measure this fails.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { root } from './support.js';

const { filtersOf, leftOut } = (await import(
  pathToFileURL(join(root, 'scripts/ok/test-files.mjs')).href
)) as { filtersOf(name: string): string[]; leftOut(): string[] };

/** A step of its own: it packs the package. */
const TARBALL = 'test/package/tarball.test.ts';

const filters = ['test:measure', 'test:long'].flatMap(filtersOf);

test('each file that npm test leaves out is run elsewhere', () => {
  const files = leftOut().filter((file) => file !== TARBALL);
  expect(files.length).toBeGreaterThan(filters.length);
  const nobodys = files.filter((file) => !filters.some((filter) => file.startsWith(filter)));
  expect(nobodys).toEqual([]);
});

test('each script names files that npm test leaves out, and that there are', () => {
  for (const filter of filters) {
    expect([filter, leftOut().some((file) => file.startsWith(filter))]).toEqual([filter, true]);
    if (filter.endsWith('.ts')) expect(existsSync(join(root, filter))).toBe(true);
  }
});
