// Finds and loads the addon: RAWLOOP_ADDON, then the prebuild of this platform
// and C library, then build/Release of a source checkout. A failure names every
// path that was tried and keeps the reason of each.
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isNativeError } from 'node:util/types';

const here = __dirname;
const requireAddon = createRequire(join(here, 'load.js'));

/** The folder that holds package.json: two or three levels above this file. */
function packageRoot(): string {
  let folder = here;
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) return here;
    folder = parent;
  }
  return folder;
}

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

/** The paths to try, most specific first. */
export function addonCandidates(): string[] {
  const root = packageRoot();
  const platform = `${process.platform}-${process.arch}`;
  const tagged = process.platform === 'linux' ? [`rawloop.${libcOfThisProcess()}.node`] : [];
  const forced = process.env['RAWLOOP_ADDON'];
  return [
    ...(forced ? [forced] : []),
    ...[...tagged, 'rawloop.node'].map((file) => join(root, 'prebuilds', platform, file)),
    join(root, 'build', 'Release', 'rawloop.node'),
  ];
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
  const failures: Failure[] = [];
  for (const path of addonCandidates()) {
    if (!existsSync(path)) {
      failures.push({ path, error: 'no such file' });
      continue;
    }
    try {
      return requireAddon(path);
    } catch (error) {
      failures.push({ path, error });
    }
  }
  const cause = failures.find(({ error }) => isNativeError(error))?.error;
  const error = new Error(
    `rawloop: no addon for ${process.platform}-${process.arch} could be loaded. Tried:\n` +
      `${failures.map(reasonOf).join('\n')}\n` +
      'Set RAWLOOP_ADDON to the path of one, or build it in a source checkout: npm run build.',
    { cause },
  );
  throw Object.assign(error, { code: 'ERR_RAWLOOP_ADDON' });
}
