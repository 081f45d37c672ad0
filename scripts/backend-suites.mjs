// Runs the suites of poller, loop and handles on one backend after another, and prints
// what each row passed. For scripts/test-backends.mjs and scripts/test-kqueue.mjs.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, tool } from './project.mjs';

const FOLDER = join(root, '.cache/backends');

/** What a backend carries beyond its own tests, which have each wrapper and waker anyway. */
export const CARRIED = [
  ...['test/loop', 'test/stream', 'test/net', 'test/watch', 'test/process'],
  ...['test/datagram', 'test/descriptor', 'test/socket-options', 'test/unix/'],
];

/** Passed, failed and skipped tests of Vitest's JSON report. */
function countResults(file) {
  if (!existsSync(file)) return { passed: 0, failed: 0, skipped: 0 };
  const results = JSON.parse(readFileSync(file, 'utf8'));
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

function runRow({ name, env, tests }) {
  const results = join(FOLDER, `${name.replace(/\W+/g, '-')}.json`);
  mkdirSync(FOLDER, { recursive: true });
  rmSync(results, { force: true });
  console.log(`== ${name}`);
  const { status } = spawnSync(process.execPath, [tool('vitest'), 'run', ...tests], {
    cwd: root,
    env: { ...process.env, ...env, RAWLOOP_TEST_RESULTS: results },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return { name, ok: status === 0, ...countResults(results) };
}

/** Runs every row and prints them all at the end. True when none failed. */
export function runRows(rows) {
  const done = rows.map(runRow);
  for (const { name, ok, passed, failed, skipped } of done) {
    const verdict = ok ? 'ok' : 'FAILED';
    console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped: ${verdict}`);
  }
  return done.every(({ ok }) => ok);
}
