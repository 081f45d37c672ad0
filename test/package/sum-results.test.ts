// CI's last line counts every failure: also that of a file that did not load, and
// of a run that ended before it could tell.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, root, run } from './support.js';

const folder = makeFolder();

function write(name: string, value: object): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(value));
  return path;
}

function sum(...args: string[]): { status: number | null; line: string } {
  const script = join(root, 'scripts/sum-results.mjs');
  const { status, stdout } = run(process.execPath, [script, ...args], root);
  return { status, line: stdout };
}

const steps = write('steps.json', { passed: 9, failed: 0, skipped: 2 });

test('tests and steps are added up', () => {
  const tests = write('good.json', { numPassedTests: 30, numFailedTests: 0, testResults: [] });
  expect(sum('0', tests, '0', steps)).toEqual({ status: 0, line: '39 passed, 0 failed\n' });
});

test('a failed test fails the whole', () => {
  const failed = { status: 'failed', assertionResults: [{ status: 'failed' }] };
  const tests = write('bad.json', {
    numPassedTests: 29,
    numFailedTests: 1,
    testResults: [failed],
  });
  expect(sum('1', tests, '0', steps)).toEqual({ status: 1, line: '38 passed, 1 failed\n' });
});

test('a test file that could not be loaded counts as a failure', () => {
  const tests = write('broken.json', {
    numPassedTests: 30,
    numFailedTests: 0,
    testResults: [{ status: 'failed', assertionResults: [] }],
  });
  expect(sum('1', tests, '0', steps)).toEqual({ status: 1, line: '39 passed, 1 failed\n' });
});

test('a command that left no results counts as a failure', () => {
  const missing = join(folder, 'missing.json');
  expect(sum('127', missing, '1', missing)).toEqual({ status: 1, line: '0 passed, 2 failed\n' });
});
