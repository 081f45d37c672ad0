// Compiles a C file of this folder: an addon, or a library to preload.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** The path of what `cc` makes of `source` before the file's tests, and which they leave. */
export function compiled(source: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'rawloop-c-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const to = join(folder, source.replace(/\.c$/, '.node'));
  const { include_dir } = createRequire(import.meta.url)('node-api-headers') as {
    include_dir: string;
  };
  const from = join(import.meta.dirname, source);
  const command = ['-shared', '-fPIC', '-Wall', '-Werror', `-I${include_dir}`, from, '-o', to];
  beforeAll(() => void execFileSync('cc', command));
  return to;
}
