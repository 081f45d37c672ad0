// What a result must name to mean anything later: the machine, the kernel and
// the versions of everything that took part. No host name, no path.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, release, totalmem } from 'node:os';

import { compilerVersion } from './build.mjs';

/**
 * @param {Map<string, string>} peerVersions
 * @returns {Promise<Record<string, unknown>>}
 */
export async function describeMachine(peerVersions) {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    arch: arch(),
    kernel: release(),
    system: distribution(),
    versions: {
      node: process.version,
      v8: process.versions.v8,
      libuvInNode: process.versions.uv,
      compiler: await compilerVersion(),
      rawloop: packageVersion(),
      commit: commit(),
      ...Object.fromEntries(peerVersions),
    },
  };
}

/** @returns {string | null} see os-release(5) */
function distribution() {
  try {
    const text = readFileSync('/etc/os-release', 'utf8');
    return /^PRETTY_NAME="?(.*?)"?$/m.exec(text)?.[1] ?? null;
  } catch {
    return null;
  }
}

/** @returns {string | null} */
function packageVersion() {
  try {
    const url = new URL('../package.json', import.meta.url);
    return JSON.parse(readFileSync(url, 'utf8')).version ?? null;
  } catch {
    return null;
  }
}

/** @returns {string | null} the commit, with a + when files have changed since */
function commit() {
  const git = (...args) =>
    execFileSync('git', args, {
      cwd: new URL('.', import.meta.url),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return git('rev-parse', '--short=12', 'HEAD') + (changed ? '+' : '');
  } catch {
    return null;
  }
}
