// Files of this package, wherever the code that asks was bundled to.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @param name relative to the folder of package.json */
export function readPackageFile(name: string): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return readFileSync(join(folder, name), 'utf8');
}

/** The script of the page, as rolldown.config.mjs makes it from page/. */
export function readPageScript(): string {
  return readPackageFile('dist/cli/compare-page.js');
}
