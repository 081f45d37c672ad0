// A short form of adapters.mjs, which says what it does; test/stress/README.md has the long one.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newSeed } from '../support/bytes.js';

const SCRIPT = join(import.meta.dirname, 'adapters.mjs');
const AMOUNT = ['--bytes', String(16 * 2 ** 20), '--connections', '600', '--requests', '2000'];

interface Outcome {
  faults: string[];
  answered: number;
  aborted: number;
}

function load(seed: number): Promise<Outcome> {
  const command = ['--expose-gc', SCRIPT, '--json', '--seed', String(seed), ...AMOUNT];
  return new Promise((resolve, reject) => {
    // Its status is 1 when there are faults, which it tells.
    execFile(process.execPath, command, (error, stdout, stderr) => {
      if (stdout === '') reject(new Error(`seed ${seed}: ${stderr}`, { cause: error }));
      else resolve(JSON.parse(stdout) as Outcome);
    });
  });
}

it('between our streams and the host’s no byte is lost, nothing hangs, and nothing is left', async () => {
  const seed = newSeed();
  const { faults, answered, aborted } = await load(seed);
  expect(faults, `seed ${seed}`).toEqual([]);
  expect(Math.min(answered, aborted)).toBeGreaterThan(100);
}, 240_000);
