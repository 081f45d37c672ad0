// A part of the vitest suite on another Node: what depends on the host and takes a minute.
// `npm test` has more, for this Node.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root, tool } from '../project.mjs';
import { brokenFiles, lostFiles } from '../vitest/report.mjs';
import { cacheFolder } from './fetch.mjs';
import { badEnd, runProgram } from './run.mjs';

const LIMIT_MS = 420_000;
const FOLDERS = [
  ...['poller', 'raw', 'loop', 'order', 'stream', 'net', 'unix', 'datagram', 'descriptor'],
  ...['socket-options', 'watch', 'process', 'pool'],
];
// Contexts are kept in another way by each line of Nodes.
const FILTERS = [...FOLDERS.map((part) => `test/${part}/`), 'test/guest/async-'];

/** Paths of the files that are to run. @throws Error when a filter finds none */
export function filesToRun() {
  const names = readdirSync(join(root, 'test'), { recursive: true })
    .map((name) => `test/${name}`)
    .filter((name) => name.endsWith('.test.ts'));
  // Vitest leaves out without a word what is not there.
  const lost = FILTERS.find((filter) => !names.some((name) => name.startsWith(filter)));
  if (lost !== undefined) throw new Error(`test:runtimes: there is no ${lost}`);
  return names
    .filter((name) => FILTERS.some((filter) => name.startsWith(filter)))
    .map((name) => join(root, name));
}

/**
 * A cell of the matrix: of vitest's report, and of how it ended. A file that is not in the report,
 * or did not tell how each of its tests ended, has failed, and is named.
 *
 * @param report undefined: it left none
 */
export function vitestCell(report, files, ended) {
  const { output, tooLong } = ended;
  const end = badEnd(ended);
  if (report === undefined) {
    return { passed: 0, failed: 1, skipped: 0, output, tooLong, why: end ?? 'it left no report' };
  }
  const { numPassedTests, numFailedTests, numPendingTests } = report;
  const lost = lostFiles(report, files).map((name) => relative(root, name));
  const failed = numFailedTests + brokenFiles(report).length + lost.length;
  const whys = [end, lost.length > 0 ? `not to its end: ${lost.join(', ')}` : undefined];
  return {
    ...{ passed: numPassedTests, skipped: numPendingTests, output, tooLong },
    failed: end === undefined ? failed : Math.max(1, failed),
    why: whys.filter((why) => why !== undefined).join('; ') || undefined,
  };
}

export async function runVitest({ path, name }) {
  const results = join(cacheFolder, `vitest-${name.replace(/\W/g, '-')}.json`);
  mkdirSync(cacheFolder, { recursive: true });
  rmSync(results, { force: true });
  const files = filesToRun();
  const ended = await runProgram(path, [tool('vitest'), 'run', ...FILTERS], {
    env: { ...process.env, RAWLOOP_TEST_RESULTS: results, NO_COLOR: '1' },
    cwd: root,
    limitMs: LIMIT_MS,
  });
  const report = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : undefined;
  return vitestCell(report, files, ended);
}
