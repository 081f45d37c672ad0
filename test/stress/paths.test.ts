// A few hundred steps of the short form: test/stress/README.md. Without the rule that of a name of
// which a notice came during a look the notice has the last word (`heard` of lib/paths/surveys.ts)
// it tells of names that are there and were not told.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const SCRIPT = join(import.meta.dirname, 'paths.mjs');
const SHORT = ['--json', '--count', '600', '--rounds', '1', '--burst', '500', '--children', '2'];

interface Outcome {
  create: number;
  rename: number;
  faults: string[];
}

function storm(...args: string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    // Its status is 1 when there are faults, which it tells.
    execFile(process.execPath, [SCRIPT, ...SHORT, ...args], (error, stdout, stderr) => {
      if (stdout === '') reject(new Error(stderr, { cause: error }));
      else resolve(JSON.parse(stdout) as Outcome);
    });
  });
}

it.runIf(process.platform === 'linux').concurrent.each([
  ['owned, in a Worker', '--mode', 'owned', '--worker'],
  ['guest, iterated', '--mode', 'guest', '--iterate'],
  ['held up', '--mode', 'owned', '--block'],
])('what was told of a storm is what is on the disk: %s', async (_name, ...args) => {
  const { faults, create, rename } = await storm(...args);
  expect(faults).toEqual([]);
  expect(create).toBeGreaterThan(500);
  expect(rename).toBeGreaterThan(0);
});
