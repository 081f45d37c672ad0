#!/usr/bin/env node
// Runs the suites of poller, loop and handles on kqueue: on macOS and the BSDs on
// the kernel's own; on Linux on libkqueue, an emulation, when
//   RAWLOOP_KQUEUE_INCLUDE  is the folder that has sys/event.h
//   RAWLOOP_KQUEUE_LIB      is the library's file, libkqueue.so or libkqueue.a
// The addon is built for that in .cache/kqueue, apart from build/. Arguments go to
// Vitest. With neither it says so and ends well.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { headerEnv, root, run, tool } from './project.mjs';

const FOLDER = join(root, '.cache/kqueue');
const RESULTS = join(FOLDER, 'results.json');
/** What the kqueue backend carries. */
const SUITES = [
  'test/poller',
  'test/kqueue',
  'test/loop',
  'test/handles',
  'test/regressions/kqueue',
];
const KERNELS = ['darwin', 'freebsd', 'openbsd'];

function skip(why) {
  console.log(`kqueue: skipped: ${why}`);
  process.exit(0);
}

function fail(why) {
  console.error(`kqueue: ${why}`);
  process.exit(2);
}

/** Where libkqueue is, or nothing on a kernel that has kqueue itself. */
function findLibrary() {
  if (KERNELS.includes(process.platform)) return undefined;
  const { RAWLOOP_KQUEUE_INCLUDE: include, RAWLOOP_KQUEUE_LIB: library } = process.env;
  if (!include && !library) {
    skip(
      'neither a BSD kernel nor libkqueue (set RAWLOOP_KQUEUE_INCLUDE to the folder of its ' +
        'sys/event.h and RAWLOOP_KQUEUE_LIB to its library file)',
    );
  }
  const header = join(include ?? '', 'sys/event.h');
  if (!include || !existsSync(header)) fail(`no ${header}: set RAWLOOP_KQUEUE_INCLUDE`);
  if (!library || !existsSync(library)) fail(`no library '${library}': set RAWLOOP_KQUEUE_LIB`);
  return { include: resolve(include), library: resolve(library) };
}

/** The addon with the kqueue sources, built from a copy so that build/ is left alone. */
function build({ include, library }) {
  mkdirSync(FOLDER, { recursive: true });
  rmSync(join(FOLDER, 'native'), { recursive: true, force: true });
  for (const name of ['native', 'binding.gyp', 'package.json']) {
    cpSync(join(root, name), join(FOLDER, name), { recursive: true, preserveTimestamps: true });
  }
  const defines = [`-Dlibkqueue=${library}`, `-Dlibkqueue_include=${include}`, '-Dwerror=1'];
  const options = { cwd: FOLDER, env: headerEnv() };
  run(tool('node-gyp'), ['configure', '--silent', '--', ...defines], options);
  run(tool('node-gyp'), ['build', '--silent', '--jobs=max'], options);
  const folders = [dirname(library), process.env.LD_LIBRARY_PATH].filter(Boolean);
  return {
    RAWLOOP_ADDON: join(FOLDER, 'build/Release/rawloop.node'),
    LD_LIBRARY_PATH: folders.join(':'),
  };
}

/** Passed, failed and skipped tests of Vitest's JSON report. */
function countResults() {
  if (!existsSync(RESULTS)) return { passed: 0, failed: 0, skipped: 0 };
  const results = JSON.parse(readFileSync(RESULTS, 'utf8'));
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

const found = findLibrary();
const env = {
  ...process.env,
  ...(found === undefined ? {} : build(found)),
  RAWLOOP_BACKEND: 'kqueue',
  RAWLOOP_TEST_RESULTS: RESULTS,
};
rmSync(RESULTS, { force: true });
const asked = process.argv.slice(2);
const suites = asked.some((arg) => !arg.startsWith('-')) ? [] : SUITES;
const { status } = spawnSync(process.execPath, [tool('vitest'), 'run', ...suites, ...asked], {
  cwd: root,
  env,
  stdio: ['ignore', 'inherit', 'inherit'],
});
const { passed, failed, skipped } = countResults();
const on = found === undefined ? `the kernel of ${process.platform}` : 'libkqueue, an emulation';
if (found !== undefined) {
  console.log('kqueue: guest mode was left out, and what else test/support/libkqueue.ts tells of');
}
console.log(`kqueue on ${on}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(status ?? 1);
