// A few of the 200,000 operations: test/stress/README.md. What it found is in
// test/regressions/file-forgotten-in-use.test.ts, test/pool/fs-descriptors.test.ts and
// test/pool/queue-limits.test.ts. With a write that does not copy (Scratch::CopyMemory), or a
// descriptor that is not closed (CopyFile), it tells.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SCRIPT = join(import.meta.dirname, 'files.mjs');
const COUNT = 1500;

interface Outcome {
  done: number;
  aborted: number;
  spoilt: number;
  rarest: number;
  faults: string[];
}

function stress(mode: string): Promise<Outcome> {
  const args = ['--expose-gc', SCRIPT, '--json', '--count', String(COUNT), '--mode', mode];
  return new Promise((resolve, reject) => {
    // Its status is 1 when there are faults, which it tells.
    execFile(process.execPath, args, (error, stdout, stderr) => {
      if (!stdout.startsWith('{')) reject(new Error(stdout + stderr, { cause: error }));
      else resolve(JSON.parse(stdout) as Outcome);
    });
  });
}

describe.runIf(process.platform === 'linux')('operations on files, at random', () => {
  it.concurrent.each(['owned', 'guest'])(
    'each is right, or refused by a code: %s',
    async (mode) => {
      const { faults, done, aborted, spoilt, rarest } = await stress(mode);
      expect(faults).toEqual([]);
      // What it is about has happened: or else this has tested nothing.
      expect(done).toBeGreaterThan(COUNT / 2);
      expect(aborted).toBeGreaterThan(COUNT / 50);
      expect(spoilt).toBeGreaterThan(0);
      expect(rarest).toBeGreaterThan(0);
    },
  );
});
