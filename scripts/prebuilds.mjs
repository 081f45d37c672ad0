// The prebuild of this machine: is there one, and is it older than its sources?
// The loader prefers a prebuild to build/Release, so that a stale one would hide
// the addon that has just been built.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './project.mjs';

const folder = join(root, 'prebuilds', `${process.platform}-${process.arch}`);

/** Both names: with a tag by `npm run prebuildify`, without by plain prebuildify. */
function prebuilds() {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^rawloop\b.*\.node$/.test(name));
  return names.map((name) => join(folder, name));
}

function newestSourceMs() {
  const native = join(root, 'native');
  const sources = readdirSync(native, { recursive: true }).map((name) => join(native, name));
  return Math.max(...[join(root, 'binding.gyp'), ...sources].map((file) => statSync(file).mtimeMs));
}

function stalePrebuilds() {
  const newestMs = newestSourceMs();
  return prebuilds().filter((file) => statSync(file).mtimeMs < newestMs);
}

/** True when this platform has a prebuild that its sources have not outrun. */
export function hasFreshPrebuild() {
  return prebuilds().length > stalePrebuilds().length;
}

/** Deletes the prebuilds of this platform that are older than the sources. */
export function removeStalePrebuilds() {
  for (const file of stalePrebuilds()) {
    rmSync(file);
    console.error(`${file} was older than its sources and is gone: npm run prebuildify`);
  }
}
