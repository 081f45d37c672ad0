// Runs the tests of a package where it lies, each kind by the runner that it was written for.
// A result is a map from each test's name to whether it passed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const FILE_LIMIT_MS = 60_000;
const SUITE_LIMIT_MS = 600_000;

/** @typedef {Map<string, boolean>} Results */

/** Sees no process but its own children. */
const ALONE = ['--map-root-user', '--fork', '--pid', '--kill-child', '--mount-proc'];

function node(args, folder, timeout, isAlone = false) {
  const killed = { timeout, killSignal: /** @type {const} */ ('SIGKILL') };
  // Some tests know the process by that name.
  const named = { cwd: folder, encoding: /** @type {const} */ ('utf8') };
  const options = { ...named, input: '\n', ...killed };
  if (isAlone && spawnSync('unshare', [...ALONE, 'true']).status === 0) {
    return spawnSync('unshare', [...ALONE, process.execPath, ...args], options);
  }
  return spawnSync(process.execPath, args, { ...options, argv0: 'node' });
}

/** Programs of their own: who ends well, and says nothing of an error, has passed. */
function runFiles(folder, tests) {
  return new Map(
    tests.map((test) => {
      const { status, stdout } = node([test], folder, FILE_LIMIT_MS);
      return [test, status === 0 && !stdout.includes('*** Error')];
    }),
  );
}

function runMocha(folder, tests, modules, isAlone) {
  const report = join(folder, 'mocha.json');
  rmSync(report, { force: true });
  const options = ['--timeout', '10000', '--exit', '--reporter', 'json'];
  const to = ['--reporter-option', `output=${report}`];
  const mocha = join(modules, 'mocha/bin/mocha.js');
  const { status, signal, stderr } = node(
    [mocha, ...options, ...to, ...tests],
    folder,
    SUITE_LIMIT_MS,
    isAlone,
  );
  if (!existsSync(report)) {
    return new Map([
      [`all: ended by ${signal ?? status}: ${stderr.trim().split('\n').at(-1)}`, false],
    ]);
  }
  const { passes, failures } = JSON.parse(readFileSync(report, 'utf8'));
  return new Map([
    ...passes.map(({ fullTitle }) => [fullTitle, true]),
    ...failures.map(({ fullTitle }) => [fullTitle, false]),
  ]);
}

/** A file at a time: they share the path of their sockets. */
function runVows(folder, tests, modules) {
  const all = new Map();
  const files = tests.flatMap((test) =>
    readdirSync(join(folder, test))
      .filter((file) => file.endsWith('.js'))
      .map((file) => join(test, file)),
  );
  for (const file of files) {
    const { stdout } = node(
      [join(modules, 'vows/bin/vows'), file, '--spec'],
      folder,
      FILE_LIMIT_MS,
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
    const lines = stdout.replace(/\u001b\[\d*m/g, '').split('\n');
    for (const line of lines) {
      const [, mark, title] = /^\s+([✓✗])\s+(.*)$/.exec(line) ?? [];
      if (title !== undefined && !/ » /.test(title)) all.set(`${file}: ${title}`, mark === '✓');
    }
    if (!/ (honored|broken|errored)/.test(stdout)) all.set(`${file}: came to its end`, false);
  }
  return all;
}

const RUNNERS = { node: runFiles, mocha: runMocha, vows: runVows };

/**
 * @param {import('./suites.mjs').Suite} suite
 * @param {string} folder where the package is
 * @param {string} modules where the tools are
 * @returns {Results}
 */
export function runSuite({ runner, tests, isAlone }, folder, modules) {
  return RUNNERS[runner](folder, tests, modules, isAlone);
}
