// What the scripts of CI say when something is not as it should be: a limit that ended a
// cell, a target that was not run, a package with other bytes, a formatter without a binary.
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { makeFolder, root, run, userEnv } from './support.js';

interface Ended {
  code: number | null;
  signal: string | null;
  output: string;
  tooLong: boolean;
  limitMs: number;
}

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  tooLong?: boolean;
  why?: string;
}

interface Row {
  target: string;
  bytes?: number;
  failures: string[];
  skipped?: string;
}

/** What a script of the checkout exports: it is JavaScript, without types. */
async function load<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(join(root, 'scripts', name)).href)) as T;
}

const { badEnd, cellText, countsOf, runProgram } = await load<{
  badEnd(ended: Ended): string | undefined;
  cellText(counts: Counts | undefined): string;
  countsOf(ended: Ended): Counts;
  runProgram(command: string, args: string[], options?: { limitMs: number }): Promise<Ended>;
}>('runtimes/run.mjs');
const { summarize } = await load<{
  summarize(rows: Row[]): { isFailed: boolean; lines: string[] };
}>('cross/summary.mjs');
const { runAddon } = await load<{
  runAddon(path: string, target: Record<string, string>): Promise<Record<string, string>>;
}>('cross/run.mjs');
const { mirror } = await load<{
  mirror(source: string, copy: string, files: Record<string, string>): void;
}>('cross/zig-lib.mjs');
const { PINNED } = await load<{ PINNED: Record<string, string> }>('runtimes/pinned.mjs');

const node = process.execPath;

test('a cell that the limit ended says so, and counts as failed', async () => {
  const ended = await runProgram(node, ['-e', 'setInterval(() => {}, 1e3)'], { limitMs: 500 });
  expect(badEnd(ended)).toBe('the limit of 0.5 s ended it');
  expect(countsOf(ended)).toMatchObject({ failed: 1, tooLong: true });
  expect(cellText(countsOf(ended))).toBe('0 !1 limit');
});

test('a limit is told also where tests had failed before', () => {
  const output = '{"passed":3,"failed":2,"skipped":1}\n';
  const ended = { code: null, signal: 'SIGKILL', output, tooLong: true, limitMs: 2000 };
  expect(cellText(countsOf(ended))).toBe('3 +1 !2 limit');
  expect(countsOf(ended).why).toContain('limit of 2 s');
});

test('a program that ends badly without a failed test has failed once, and says how', async () => {
  const ended = await runProgram(node, ['-e', 'process.exit(4)']);
  expect(countsOf(ended)).toMatchObject({ failed: 1, why: 'it ended with code 4' });
  const silent = await runProgram(node, ['-e', '']);
  expect(countsOf(silent)).toMatchObject({ failed: 1, why: 'it counted no tests' });
});

test('a target that was not run is not counted among those that were', () => {
  const good = { bytes: 1e6, failures: [] };
  const rows = [
    { ...good, target: 'linux-x64 glibc' },
    { ...good, target: 'linux-arm64 glibc', skipped: 'qemu-aarch64 is not installed' },
  ];
  expect(summarize(rows)).toEqual({
    isFailed: false,
    lines: [
      'skipped: linux-arm64 glibc was not run here: qemu-aarch64 is not installed',
      '2 of 2 built and checked, 2.0 MB in all; 1 of 2 run here',
    ],
  });
  const failed = { target: 'darwin-x64', failures: ['why'] };
  expect(summarize([...rows, failed])).toMatchObject({ isFailed: true });
  expect(summarize([...rows, failed]).lines.at(-1)).toMatch(/^2 of 3 built .* 1 of 3 run here$/);
});

test('a processor that nothing here runs is told, and is no failure', async () => {
  const target = { os: 'linux', arch: 'pdp11', cpu: 'pdp11', debian: 'pdp11' };
  expect(await runAddon('/nowhere', { ...target, libc: 'glibc' })).toEqual({
    skipped: 'no Node for linux-pdp11 in the registry',
  });
  expect(await runAddon('/nowhere', { ...target, libc: 'musl' })).toEqual({
    skipped: 'qemu-pdp11 is not installed (Debian: qemu-user)',
  });
});

test('what stands in the place of files of the compiler leaves its package as it is', () => {
  const folder = makeFolder();
  const [source, copy] = [join(folder, 'lib'), join(folder, 'copy')];
  mkdirSync(join(source, 'a/b'), { recursive: true });
  mkdirSync(join(source, 'other'));
  for (const name of ['a/b/file', 'a/b/kept', 'a/kept', 'other/kept']) {
    writeFileSync(join(source, name), name);
  }
  mirror(source, copy, { 'a/b/file': 'ours', 'a/b/added': 'added' });
  const read = (name: string) => readFileSync(join(copy, name), 'utf8');
  expect(['a/b/file', 'a/b/added'].map(read)).toEqual(['ours', 'added']);
  for (const name of ['a/b/kept', 'a/kept', 'other/kept']) expect(read(name)).toBe(name);
  expect(lstatSync(join(copy, 'other')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(source, 'a/b/file'), 'utf8')).toBe('a/b/file');
});

test('a package whose tarball has another digest is refused, and nothing of it is kept', () => {
  const folder = makeFolder();
  const packed = join(folder, 'packed');
  mkdirSync(packed);
  writeFileSync(join(packed, 'package.json'), '{ "name": "packed", "version": "1.0.0" }');
  const fetched = (digest: string) =>
    run(
      node,
      [
        ...['--input-type=module', '-e'],
        `import { fetchPackage } from ${JSON.stringify(join(root, 'scripts/runtimes/fetch.mjs'))};
         await fetchPackage(${JSON.stringify(packed)}, ${JSON.stringify(digest)});`,
      ],
      folder,
      userEnv({ RAWLOOP_CACHE: join(folder, 'cache') }),
    );
  const refused = fetched('sha512-AAAA');
  expect(refused.status).toBe(1);
  const found = /its digest is (sha512-\S+), not sha512-AAAA/.exec(refused.stderr)?.[1] ?? '';
  expect(found).not.toBe('');
  expect(fetched(found)).toMatchObject({ status: 0, stderr: '' });
});

test('what a release is built with is pinned by sha512', () => {
  expect(Object.keys(PINNED)).toContainEqual(expect.stringMatching(/^@oven\/zig-linux-x64@\d/));
  for (const digest of Object.values(PINNED)) expect(digest).toMatch(/^sha512-[\w+/]{86}==$/);
});

test('where clang-format has no binary, the check says that C++ was not looked at', () => {
  const arm64 = `data:text/javascript,Object.defineProperty(process,'arch',{value:'arm64'})`;
  const script = join(root, 'scripts/format.mjs');
  const { stdout } = run(node, ['--import', arm64, script], root);
  expect(stdout).toMatch(/^skipped: clang-format has no binary for \w+-arm64: C\+\+/m);
});
