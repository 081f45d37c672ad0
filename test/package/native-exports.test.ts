// The built addon as others see it: each export typed, documented and tested
// (scripts/check-exports.mjs), no symbol of libuv, no library that a machine with
// Node lacks.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { builtAddon, makeFolder, place, root, run, runScript } from './support.js';

const isElf = process.platform !== 'darwin';
const has = (command: string) => spawnSync(command, ['--version']).error === undefined;

test('every native export is typed, documented and tested', () => {
  const script = join(root, 'scripts/check-exports.mjs');
  const { status, stdout, stderr } = run(process.execPath, [script, builtAddon()], root);
  expect(stderr).toBe('');
  expect(stdout).toContain('are typed, documented and tested');
  expect(status).toBe(0);
});

test.skipIf(!isElf || !has('nm'))('no undefined symbol is one of libuv or of V8', () => {
  const { stdout } = run('nm', ['-D', '--undefined-only', builtAddon()], root);
  const symbols = stdout.split('\n').map((line) => line.trim().split(' ').at(-1) ?? '');
  expect(symbols).toContain('napi_create_function');
  expect(symbols.filter((name) => /^uv_|v8|^_ZN4node/.test(name))).toEqual([]);
});

// glibc's symbols have a version; those of large files and with two underscores are its own.
test.skipIf(!isElf || !has('nm'))(
  'the check of cross builds knows what the addon calls',
  async () => {
    const file = join(root, 'scripts/cross/check.mjs');
    const { C_LIBRARY } = (await import(file)) as { C_LIBRARY: RegExp };
    const { stdout } = run('nm', ['-D', '--undefined-only', builtAddon()], root);
    const names = [...stdout.matchAll(/ U ([a-z]\w*?)(?:64)?@GLIBC_/g)].map(
      ([, name = '']) => name,
    );
    expect(names.filter((name) => !C_LIBRARY.test(name))).toEqual([]);
  },
);

test.skipIf(!isElf || !has('nm'))('nothing is exported but the entry points of Node-API', () => {
  const { stdout } = run('nm', ['-D', '--defined-only', builtAddon()], root);
  const symbols = stdout.split('\n').map((line) => line.trim().split(' ').at(-1) ?? '');
  const others = symbols.filter((name) => name !== '' && !name.startsWith('_'));
  expect(others.sort()).toEqual(['napi_register_module_v1', 'node_api_module_get_api_version_v1']);
  // What is visible may be taken for that of another copy: the list of modules, first of all.
  expect(symbols.filter((name) => /\d+rawloop/.test(name))).toEqual([]);
});

test.skipIf(!isElf || !has('readelf'))('it needs the libraries that Node needs, no more', () => {
  const { stdout } = run('readelf', ['-d', builtAddon()], root);
  const needed = [...stdout.matchAll(/\(NEEDED\).*\[(.+?)\]/g)].map(([, name = '']) => name);
  const expected =
    /^(libstdc\+\+|libgcc_s|libc|libm|libpthread|libdl|ld-linux[\w-]*|libc\.musl-\w+)\.so/;
  expect(needed).not.toEqual([]);
  expect(needed.filter((name) => !expected.test(name))).toEqual([]);
});

test('each of two copies in one process has all exports, also in a Worker', () => {
  const copy = place(join(makeFolder(), 'copy.node'));
  const script = `
    const { Worker } = require('node:worker_threads');
    const namesOf = (file) => Object.keys(require(file)).sort().join();
    const names = [${JSON.stringify(builtAddon())}, ${JSON.stringify(copy)}].map(namesOf);
    const inWorker = 'require("node:worker_threads").parentPort.postMessage(' +
      'Object.keys(require(' + ${JSON.stringify(JSON.stringify(copy))} + ')).sort().join())';
    new Worker(inWorker, { eval: true }).on('message', (text) => {
      console.log(new Set([...names, text]).size, names[0].split(',').length > 50);
    });
  `;
  expect(runScript(script, root)).toEqual({ status: 0, stdout: '1 true\n', stderr: '' });
});
