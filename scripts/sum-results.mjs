#!/usr/bin/env node
// The last line of CI: adds up vitest's JSON and the results of `npm run ok`.
//   sum-results.mjs <exit code of npm test> <its JSON> <exit code of ok> <its JSON>
// What ended with an error but counted no failure counts as one.
import { readFileSync } from 'node:fs';
import { brokenFiles, lostFiles } from './vitest/report.mjs';

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}

/** A file that could not be loaded, or whose process ended too early, has failed as well. */
function countTests({ numPassedTests = 0, numFailedTests = 0, ...report }) {
  const more = brokenFiles(report).length + lostFiles(report).length;
  return { passed: numPassedTests, failed: numFailedTests + more };
}

function withStatus({ passed = 0, failed = 0 }, status) {
  return { passed, failed: status !== '0' && failed === 0 ? 1 : failed };
}

const [testStatus, testFile, okStatus, okFile] = process.argv.slice(2);
const tests = withStatus(countTests(read(testFile)), testStatus);
const steps = withStatus(read(okFile), okStatus);
const failed = tests.failed + steps.failed;

console.log(`${tests.passed + steps.passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
