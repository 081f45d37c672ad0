// A hundred of the ten thousand: test/stress/README.md. Each exit is told once, with its status,
// while signals rain and the host has children as well; no zombie and no descriptor is left.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as raw from '../../lib/raw/index.js';

const SCRIPT = join(import.meta.dirname, 'children.mjs');
const COUNT = 100;

interface Outcome {
  ended: number;
  hostEnds: number;
  heard: number;
  left: string[];
  descriptors: number;
  faults: string[];
}

function children(...args: string[]): Promise<Outcome> {
  const command = [SCRIPT, '--json', '--count', String(COUNT), '--at-once', '16', ...args];
  return new Promise((resolve, reject) => {
    // Its status is 1 when there are faults, which it tells.
    execFile(process.execPath, command, (error, stdout, stderr) => {
      if (stdout === '') reject(new Error(stderr, { cause: error }));
      else resolve(JSON.parse(stdout) as Outcome);
    });
  });
}

const CASES = [
  ['--mode', 'owned'],
  ['--mode', 'guest'],
  ['--mode', 'guest', '--exit', 'sigchld'],
  ['--mode', 'owned', '--exit', 'sigchld', '--worker'],
];

it.runIf(raw.supported.pidfd_open).concurrent.each(CASES)('%s %s %s %s %s', async (...args) => {
  const { ended, left, descriptors, faults, heard } = await children(
    ...args.filter((arg) => arg !== undefined),
  );
  expect({ ended, left, descriptors, faults }).toEqual({
    ended: COUNT,
    left: [],
    descriptors: 0,
    faults: [],
  });
  // What it is about has happened.
  expect(heard).toBeGreaterThan(0);
});
