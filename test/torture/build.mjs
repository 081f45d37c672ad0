// The library that makes calls fail, from preload/*.c, when they are newer than it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasCommand, root } from '../../scripts/project.mjs';

const SOURCES = join(import.meta.dirname, 'preload');
const FOLDER = join(root, '.cache/torture');
const LIBRARY = join(FOLDER, 'torture.node');
const HEADERS = join(root, 'node_modules/node-api-headers/include');
const COMPILERS = ['cc', 'gcc', 'clang'];

function newestMs(...files) {
  return Math.max(...files.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0));
}

/** Why there can be no torture here; undefined when there can. */
export function reasonToSkip() {
  if (process.platform !== 'linux') return 'the calls are intercepted by LD_PRELOAD, on Linux';
  if (!COMPILERS.some(hasCommand)) return 'there is no C compiler';
  return undefined;
}

/** The path of examples/native-job as an addon. @throws Error when it does not compile */
export function buildAddon() {
  const source = join(root, 'examples/native-job/job.c');
  const header = join(root, 'include');
  const addon = join(FOLDER, 'native_job.node');
  if (newestMs(addon) > newestMs(source, join(header, 'rawloop.h'))) return addon;
  mkdirSync(FOLDER, { recursive: true });
  // Children start at the same time: each finds a whole file.
  const fresh = `${addon}.${process.pid}`;
  const flags = ['-shared', '-fPIC', '-O1', '-DNAPI_VERSION=8', '-I', header, '-I', HEADERS];
  execFileSync(COMPILERS.find(hasCommand), [...flags, '-o', fresh, source], { stdio: 'inherit' });
  renameSync(fresh, addon);
  return addon;
}

/** The library's path. @throws Error when it does not compile */
export function buildLibrary() {
  const files = readdirSync(SOURCES).map((name) => join(SOURCES, name));
  if (newestMs(LIBRARY) > newestMs(...files)) return LIBRARY;
  mkdirSync(FOLDER, { recursive: true });
  const sources = files.filter((file) => file.endsWith('.c'));
  // A return address must be that of the caller: no wrapper may end in a jump.
  const flags = ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-fno-optimize-sibling-calls'];
  // The engine's functions are there when the library is loaded as an addon, not before.
  const linking = ['-Wl,-z,lazy', '-I', HEADERS, '-o', LIBRARY];
  const compiler = COMPILERS.find(hasCommand);
  execFileSync(compiler, [...flags, ...linking, ...sources, '-ldl'], { stdio: 'inherit' });
  return LIBRARY;
}
