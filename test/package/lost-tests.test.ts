// A test file whose process ends before its tests have is a failure with a name: to who runs
// vitest, to the matrix of runtimes, and to the last line of CI.
//
// Vitest's own report calls such a file passed: with `lostFiles` that finds none, and without
// LostReporter, these fail.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { makeFolder, type Result, root, run, userEnv } from './support.js';

const scripts = (name: string) => pathToFileURL(join(root, 'scripts', name)).href;

interface Report {
  success: boolean;
  numPassedTests: number;
  numFailedTests: number;
}

interface Cell {
  passed: number;
  failed: number;
  why?: string;
}

const { vitestCell, filesToRun } = (await import(scripts('runtimes/vitest.mjs'))) as {
  vitestCell(report: Report | undefined, files: string[], ended: object): Cell;
  filesToRun(): string[];
};
const { lostFiles } = (await import(scripts('vitest/report.mjs'))) as {
  lostFiles(report: Report, files?: string[]): string[];
};

/** `exit` of vitest's workers throws; this one is the process's own, as a crash would be. */
const END = 'process.reallyExit(0)';
const FILES = {
  'fine.test.js': `test('one', () => {});`,
  'skipped.test.js': `test.skip('none', () => {});`,
  'in-a-test.test.js': `test('one', () => {}); test('two', () => ${END}); test('three', () => {});`,
  'at-its-top.test.js': END,
};

const folder = makeFolder();
const path = (name: string) => join(folder, name);
let ended: Result;
let report: Report;

beforeAll(() => {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(path(name), text);
  writeFileSync(
    path('vitest.config.mjs'),
    `import { LostReporter } from ${JSON.stringify(scripts('vitest/lost-reporter.mjs'))};
     const json = ['json', { outputFile: 'report.json' }];
     export default { test: { globals: true, reporters: [new LostReporter(), json] } };`,
  );
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  ended = run(process.execPath, [vitest, 'run'], folder, userEnv());
  report = JSON.parse(readFileSync(path('report.json'), 'utf8')) as Report;
});

test('who runs the tests is told which files, and the run has failed', () => {
  expect(ended.status).toBe(1);
  const told = ended.stderr.split('\n').filter((line) => line.startsWith('lost: '));
  expect(told.sort()).toEqual([
    'lost: at-its-top.test.js: its process ended before it had told its tests',
    expect.stringMatching(/^lost: in-a-test.test.js: its process ended before \d of 3 tests$/),
  ]);
});

test('the report, which counts no failure, is read for them', () => {
  expect(report).toMatchObject({ success: true, numFailedTests: 0 });
  const lost = [path('at-its-top.test.js'), path('in-a-test.test.js')];
  expect(lostFiles(report).sort()).toEqual(lost);
  // One that the report does not have at all.
  const missing = path('missing.test.js');
  expect(lostFiles(report, [path('fine.test.js'), missing])).toEqual([missing]);
});

test('a runtime on which files are lost has failed, and says which', () => {
  const good = { code: 0, signal: null, output: '', tooLong: false, limitMs: 1000 };
  const files = ['fine', 'in-a-test', 'missing'].map((name) => path(`${name}.test.js`));
  const cell = vitestCell(report, files, good);
  expect(cell).toMatchObject({ passed: report.numPassedTests, failed: 2 });
  expect(cell.why).toMatch(/in-a-test\.test\.js, .*missing\.test\.js$/);
  const fine = [path('fine.test.js'), path('skipped.test.js')];
  expect(vitestCell(report, fine, good)).toMatchObject({ failed: 0, why: undefined });
  const bad = { ...good, code: 1 };
  expect(vitestCell(report, fine, bad)).toMatchObject({ failed: 1, why: 'it ended with code 1' });
  expect(vitestCell(undefined, fine, good)).toMatchObject({ failed: 1, passed: 0 });
});

test('what a runtime is to run are the files of its folders', () => {
  const files = filesToRun();
  expect(files).toContain(join(root, 'test/loop/time/timers.test.ts'));
  expect(files).toContain(join(root, 'test/guest/async-storage.test.ts'));
  expect(files).not.toContain(join(root, 'test/guest/timers.test.ts'));
});

test('and to the last line of CI they are failures', () => {
  const script = join(root, 'scripts/sum-results.mjs');
  const args = [script, '1', path('report.json'), '0', path('report.json')];
  const { status, stdout } = run(process.execPath, args, root);
  expect([status, stdout]).toEqual([1, expect.stringMatching(/ passed, 2 failed\n$/)]);
});
