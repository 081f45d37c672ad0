// The addon under sanitizers, built in .cache/fuzz from a copy of the sources, apart from
// build/. A build is kept as long as the sources, the flags and the compiler are the same.
// See gcc(1), -fsanitize.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { hasCommand, headerEnv, root, tool } from '../project.mjs';

const CACHE = join(root, '.cache/fuzz');
/** Of the compiler's flags: enough for stacks of lines, and not slow. */
const COMMON = '-fno-sanitize-recover=all -O1 -g1 -fno-omit-frame-pointer -D_GLIBCXX_ASSERTIONS';

export const SANITIZERS = {
  asan: { flags: '-fsanitize=address,undefined', library: 'libasan.so' },
  tsan: { flags: '-fsanitize=thread', library: 'libtsan.so' },
};

/** Why nothing can be built under sanitizers here; undefined: it can. */
export function missing() {
  if (process.platform !== 'linux') return 'the fuzzer needs Linux: it looks into /proc';
  if (!hasCommand('g++')) return 'there is no g++';
  if (!hasCommand('make') || !hasCommand('python3')) return 'node-gyp needs make and python3';
  for (const { library } of Object.values(SANITIZERS)) {
    if (!libraryOf(library).includes('/')) return `g++ has no ${library}`;
  }
  return undefined;
}

/** The compiler prints the name alone of what it does not have. */
export function libraryOf(name) {
  return execFileSync('g++', [`-print-file-name=${name}`], { encoding: 'utf8' }).trim();
}

function hashOf(folder, flags) {
  const hash = createHash('sha256').update(flags).update(process.version);
  hash.update(execFileSync('g++', ['--version']));
  for (const name of filesIn(join(folder, 'native')).sort()) {
    hash.update(name).update(readFileSync(join(folder, 'native', name)));
  }
  return hash.update(readFileSync(join(folder, 'binding.gyp'))).digest('hex');
}

/** The files below a folder, by their paths in it. */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)));
}

/** Copies what changed only, so that make builds no more than that. */
function copyChanged(folder, edit) {
  const target = join(folder, 'native');
  mkdirSync(target, { recursive: true });
  const names = filesIn(join(root, 'native'));
  for (const name of filesIn(target)) if (!names.includes(name)) rmSync(join(target, name));
  for (const name of names) {
    const text = readFileSync(join(root, 'native', name), 'utf8');
    const wanted = edit?.(name, text) ?? text;
    const path = join(target, name);
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path) || readFileSync(path, 'utf8') !== wanted) writeFileSync(path, wanted);
  }
  for (const name of ['binding.gyp', 'package.json']) cpSync(join(root, name), join(folder, name));
}

/**
 * Builds the addon with a sanitizer.
 *
 * @param {'asan' | 'tsan'} kind
 * @param {{ folder?: string, edit?: (name: string, text: string) => string }} [options] `edit`
 *   changes sources on their way into the folder
 * @returns the path of the addon
 * @throws Error when it does not build
 */
export function buildAddon(kind, { folder = join(CACHE, kind), edit } = {}) {
  const { flags } = SANITIZERS[kind];
  copyChanged(folder, edit);
  const addon = join(folder, 'build/Release/rawloop.node');
  const stamp = join(folder, 'built');
  const hash = hashOf(folder, flags);
  if (existsSync(addon) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return addon;
  rmSync(stamp, { force: true });
  const env = { ...headerEnv(), CXXFLAGS: `${flags} ${COMMON}`, LDFLAGS: flags };
  // A build of other flags is not built on.
  const gyp = (...args) =>
    execFileSync(process.execPath, [tool('node-gyp'), ...args], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  gyp('configure', '--silent');
  gyp('build', '--silent', '--jobs=max');
  writeFileSync(stamp, hash);
  return addon;
}

/** The library that fences off the network, and looks at what system calls touch. */
export function buildFence(kind) {
  mkdirSync(CACHE, { recursive: true });
  const source = join(root, 'test/fuzz/fence.cc');
  const output = join(CACHE, `fence-${kind}.so`);
  const stamp = `${output}.built`;
  const text = readFileSync(source, 'utf8');
  if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === text)
    return output;
  // ThreadSanitizer looks at no memory here: it would take libc's for the addon's.
  const flags = kind === 'asan' ? ['-fsanitize=address', '-fno-omit-frame-pointer'] : [];
  const args = ['-std=c++17', '-O1', '-g1', '-fPIC', '-shared', '-Wall', '-Wextra', ...flags];
  execFileSync('g++', [...args, '-o', output, source, '-ldl'], { stdio: 'inherit' });
  writeFileSync(stamp, text);
  return output;
}
