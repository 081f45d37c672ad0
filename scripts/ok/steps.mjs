// What `npm run ok` checks: the steps by stage. The steps of a stage may run at
// the same time; stages follow one another. A step is a command, or says why it
// is skipped; a command that fails fails its step and nothing else.
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hasCommand, headerEnv, root, tool } from '../project.mjs';
import { filtersOf } from './test-files.mjs';

const work = join(root, '.cache/ok');
const vitest = tool('vitest');
// In a file of its own, as it packs and installs the package.
const TARBALL_TEST = 'test/package/tarball.test.ts';

const script = (name, ...args) => [join(root, 'scripts', name), ...args];

/**
 * The package's own sources in a folder below the root, where node_modules is
 * still found: `node-gyp rebuild` there leaves build/ of the checkout alone.
 */
function copySources(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of ['native', 'binding.gyp', 'package.json']) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  return folder;
}

function gypBuild() {
  return {
    command: [tool('node-gyp'), 'rebuild', '--', '-Dwerror=1'],
    cwd: copySources(join(work, 'gyp')),
    env: headerEnv(),
  };
}

function cmakeBuild() {
  if (!hasCommand('cmake')) return { skip: 'cmake is not installed' };
  const folder = join(work, 'cmake');
  rmSync(folder, { recursive: true, force: true });
  const out = ['--out', folder, '--CDRAWLOOP_WERROR=ON'];
  return { command: [tool('cmake-js'), 'compile', '--prefer-make', ...out] };
}

/** clang-tidy needs what cmake knows: the flags of each file. */
function clangTidy() {
  if (!hasCommand('clang-tidy')) return { skip: 'clang-tidy is not installed' };
  if (!hasCommand('cmake')) return { skip: 'cmake is not installed' };
  const sources = readdirSync(join(root, 'native'), { recursive: true }).filter((name) =>
    name.endsWith('.cc'),
  );
  return { command: script('ok/clang-tidy.mjs', join(work, 'tidy'), ...sources.sort()) };
}

function tests() {
  const before = process.env.RAWLOOP_TESTS_RAN;
  if (before) return { skip: `the README's test command has just run them: ${before}` };
  return { command: [vitest, 'run', '--exclude', TARBALL_TEST], limitMinutes: 15 };
}

/** Compiled for the package, and not with the addon of the other tests. */
function packedTarball() {
  return {
    command: [vitest, 'run', TARBALL_TEST],
    env: { ...process.env, RAWLOOP_PACK_BUILDS: '1' },
  };
}

/**
 * What `npm test` leaves out, as `npm run test:measure`: the page, what starts servers and clients to
 * measure them, and what tries the torture, which is a step of its own.
 */
function testsOfMeasuring() {
  return { command: [vitest, 'run', ...filtersOf('test:measure')], limitMinutes: 8 };
}

/**
 * The rest of that, as `npm run test:long`: what starts processes and Workers by the hundred, or talks
 * to programs of others.
 */
function longTests() {
  return { command: [vitest, 'run', ...filtersOf('test:long')], limitMinutes: 8 };
}

/** With the sanitizer that those leave out. */
function poolCore() {
  const env = { ...process.env, RAWLOOP_POOL_SANITIZERS: 'address,undefined' };
  return { command: [vitest, 'run', 'test/pool/core.test.ts'], env };
}

/** Figures of a few scenarios against bench/budget.json, with a wide margin. */
function benchBudget() {
  if (process.platform !== 'linux') return { skip: 'the benchmarks need Linux' };
  if (!hasCommand('cc')) return { skip: 'there is no C compiler' };
  return { command: [join(root, 'bench/run.mjs'), '--check', '--quick'], limitMinutes: 6 };
}

/** Random calls under sanitizers, a minute of them with the builds; it says itself what it lacks. */
function fuzz() {
  return { command: script('fuzz.mjs'), limitMinutes: 8 };
}

/** Other compilers come from the registry as well. */
function testTypes() {
  return { command: script('test-types.mjs'), limitMinutes: 5 };
}

/** Other runtimes come from the registry: each that cannot be had says why. */
function testRuntimes() {
  return { command: script('test-runtimes.mjs', '--skip-alone'), limitMinutes: 12 };
}

/** Against servers of Debian: those that are not installed are left out. */
function testClients() {
  return { command: script('test-clients.mjs'), limitMinutes: 8 };
}

/** The packages that rawloop/compat stands in for come from the registry, and are compiled here. */
function testCompat() {
  if (!hasCommand('c++')) return { skip: 'there is no C++ compiler' };
  return { command: script('test-compat.mjs', '--runtimes'), limitMinutes: 8 };
}

function crossBuilds() {
  if (process.env.RAWLOOP_OK_CROSS !== '1') {
    return {
      skip: 'it takes long and fetches a compiler: RAWLOOP_OK_CROSS=1 or npm run prebuild:cross',
    };
  }
  return { command: script('prebuild-cross.mjs'), limitMinutes: 30 };
}

/** `run` is called when the step's turn has come. */
export const stages = [
  [
    { name: 'format', run: () => ({ command: script('format.mjs') }) },
    { name: 'lint', run: () => ({ command: [tool('@biomejs/biome', 'biome'), 'lint'] }) },
    { name: 'types', run: () => ({ command: [tool('typescript', 'tsc'), '-p', '.'] }) },
    {
      name: 'types (browser)',
      run: () => ({ command: [tool('typescript', 'tsc'), '-p', 'tsconfig.page.json'] }),
    },
    { name: 'build', run: () => ({ command: script('build.mjs') }) },
  ],
  [
    { name: 'node-gyp -Werror', run: gypBuild },
    { name: 'cmake-js -Werror', run: cmakeBuild },
    { name: 'clang-tidy', run: clangTidy },
  ],
  [
    {
      name: 'exports (node-gyp)',
      run: () => ({
        command: script('check-exports.mjs', join(work, 'gyp/build/Release/rawloop.node')),
      }),
    },
    {
      name: 'exports (cmake-js)',
      run: () =>
        hasCommand('cmake')
          ? { command: script('check-exports.mjs', join(work, 'cmake/Release/rawloop.node')) }
          : { skip: 'cmake is not installed' },
    },
  ],
  [{ name: 'tests', run: tests }],
  [{ name: 'tests of measuring', run: testsOfMeasuring }],
  [{ name: 'long tests', run: longTests }],
  [{ name: 'core of the pool', run: poolCore }],
  [{ name: 'packed tarball', run: packedTarball }],
  [
    {
      name: 'torture',
      run: () => ({ command: script('torture.mjs', '--short'), limitMinutes: 5 }),
    },
  ],
  // Alone, as what runs beside it is noise to it.
  [{ name: 'bench budget', run: benchBudget }],
  [{ name: 'examples', run: () => ({ command: script('run-examples.mjs') }) }],
  [{ name: 'fuzz', run: fuzz }],
  [{ name: 'kqueue', run: () => ({ command: script('test-kqueue.mjs'), limitMinutes: 8 }) }],
  [{ name: 'types of users', run: testTypes }],
  [{ name: 'clients', run: testClients }],
  [{ name: 'runtimes', run: testRuntimes }],
  [{ name: 'drop-ins', run: testCompat }],
  [{ name: 'cross builds', run: crossBuilds }],
];
