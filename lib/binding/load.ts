// Finds and loads the addon: RAWLOOP_ADDON, then the prebuild of this platform
// and C library, then build/Release of a source checkout, then beside a bundle. A
// failure names every path that was tried and keeps the reason of each.
// docs/bundling.md says what each bundler makes of this.
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isNativeError } from 'node:util/types';
import { builtin } from './builtin.js';
import { here, movedPrebuilds } from './here.js';

/** As dist/ and the sources lie; anywhere else this is a part of a bundle. */
const inPackage = /\/(dist\/chunks|rawloop\/dist\/esm|lib\/binding)$/.test(here);

const HINT = inPackage
  ? 'Set RAWLOOP_ADDON to the path of one, or build it in a source checkout: npm run build.'
  : 'The addon lies beside a bundle: cp -r node_modules/rawloop/prebuilds FOLDER_OF_THE_BUNDLE, ' +
    'or set RAWLOOP_ADDON to the path of one. docs/bundling.md of the package tells more.';

/** musl or glibc: the C library that the running executable asks for. */
function libcOfThisProcess(): 'musl' | 'glibc' {
  // The ELF interpreter's name stands within the first page of the file. A
  // glibc system may have musl installed, so the files present prove nothing.
  const head = Buffer.alloc(4096);
  try {
    const fd = openSync(process.execPath, 'r');
    try {
      readSync(fd, head, 0, head.length, 0);
    } finally {
      closeSync(fd);
    }
  } catch {
    return 'glibc';
  }
  return head.includes('ld-musl-') ? 'musl' : 'glibc';
}

/** The addon's file names, the surer one first. */
function addonNames(): string[] {
  const tagged = process.platform === 'linux' ? [`rawloop.${libcOfThisProcess()}.node`] : [];
  return [...tagged, 'rawloop.node'];
}

/** The paths to try, most specific first. */
export function* addonCandidates(): Generator<string> {
  const platform = `${process.platform}-${process.arch}`;
  const names = addonNames();
  const forced = process.env['RAWLOOP_ADDON'];
  if (forced) yield resolve(forced);
  if (inPackage) {
    for (const name of names) yield join(here, '../../prebuilds', platform, name);
    yield join(here, '../../build/Release/rawloop.node');
    return;
  }
  const prebuilds = movedPrebuilds() ?? join(here, 'prebuilds');
  for (const name of names) yield join(prebuilds, platform, name);
  for (const name of names) yield join(here, name);
  // The whole package was copied, for the threads of JavaScript.
  for (const name of names) yield join(here, 'rawloop/prebuilds', platform, name);
}

interface Failure {
  path: string;
  error: unknown;
}

function reasonOf({ path, error }: Failure): string {
  const message = isNativeError(error) ? error.message : String(error);
  return `  ${path}\n    ${message.split('\n')[0]}`;
}

/**
 * Loads the addon from the first path that works.
 *
 * @throws Error with code ERR_RAWLOOP_ADDON: every path tried and why it failed;
 *   `cause` is the error of the first file that was there but did not load.
 */
export function loadAddon(): unknown {
  if (process.platform === 'win32') {
    throw addonError('it runs on Linux, macOS and FreeBSD. On Windows use it inside WSL.');
  }
  const failures: Failure[] = [];
  for (const path of addonCandidates()) {
    if (!existsSync(path)) {
      failures.push({ path, error: 'no such file' });
      continue;
    }
    try {
      return builtin(path);
    } catch (error) {
      failures.push({ path, error });
    }
  }
  const reasons = failures.map(reasonOf).join('\n');
  throw addonError(
    `no addon for ${process.platform}-${process.arch} could be loaded. Tried:\n${reasons}\n${HINT}`,
    failures.find(({ error }) => isNativeError(error))?.error,
  );
}

function addonError(message: string, cause?: unknown): Error {
  const error = new Error(`rawloop: ${message}`, cause === undefined ? {} : { cause });
  return Object.assign(error, { code: 'ERR_RAWLOOP_ADDON' });
}
