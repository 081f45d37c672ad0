// here.ts for what a bundler makes, which may be CommonJS or an ES module.
import { existsSync } from 'node:fs';
import Module from 'node:module';
import { dirname, isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';

// Not imported by its name: webpack puts something of its own in the place of its calls.
export const { createRequire } = Module;

function folderOfThisCode(): string {
  try {
    // Not asked for by `typeof`, which rollup and webpack leave as it is in an ES module.
    return __dirname;
  } catch {
    const folder = dirname(fileURLToPath(import.meta.url));
    // webpack writes where the package was when it made the bundle.
    const [, program = ''] = process.argv;
    return existsSync(folder) || !isAbsolute(program) ? folder : dirname(program);
  }
}

/** The folder of the bundle; of the executable where it is all one file. */
export const here = folderOfThisCode();

export const movedPrebuilds = (): undefined => undefined;
