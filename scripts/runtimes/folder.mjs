// Packages with what they depend on, pinned, in a folder of the cache: installed once, no script
// of theirs run, nothing of them in the repository.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from './fetch.mjs';

const LIMIT_MS = 300_000;

/**
 * The folder in which they can be required, by their versions.
 *
 * @throws Error when they cannot be fetched
 */
export async function installFolder(name, dependencies) {
  const manifest = JSON.stringify({ name, private: true, dependencies });
  const key = createHash('sha256').update(manifest).digest('hex').slice(0, 12);
  const folder = join(cacheFolder, `${name}-${key}`);
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  try {
    writeFileSync(join(fresh, 'package.json'), manifest);
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await promisify(execFile)('npm', ['install', ...quiet], { cwd: fresh, timeout: LIMIT_MS });
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}
