// A few thousand of the million: test/stress/README.md. Whatever the kernel reported for a
// number, only who was told of it then may hear of it: see stale-event.test.ts. Without
// the comparison of generations in `dispatch` (lib/loop/poll-phase.ts), the first batch
// fails; without the one in ReadAll (native/stream/batch.cc), the first with little room.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SCRIPT = join(import.meta.dirname, 'reopen.mjs');
const COUNT = 2500;
const ONE_READ = 65536;

interface Outcome {
  reopened: number;
  overtaken: number;
  sameNumber: number;
  wrongOrder: number;
  faults: string[];
}

function reopen(...args: string[]): Promise<Outcome> {
  const command = [SCRIPT, '--json', '--count', String(COUNT), ...args];
  return new Promise((resolve, reject) => {
    // Its status is 1 when there are faults, which it tells.
    execFile(process.execPath, command, (error, stdout, stderr) => {
      if (stdout === '') reject(new Error(stderr, { cause: error }));
      else resolve(JSON.parse(stdout) as Outcome);
    });
  });
}

describe.runIf(process.platform === 'linux')('closed and opened again inside batches', () => {
  const slabs = [262144, ONE_READ];
  const cases = slabs.flatMap((slab) => ['owned', 'guest'].map((mode) => ({ slab, mode })));

  it.concurrent.each(cases)('no event reaches the wrong handler: %o', async ({ slab, mode }) => {
    const { faults, ...counts } = await reopen('--mode', mode, '--slab', String(slab));
    expect(faults).toEqual([]);
    expect(counts.reopened).toBeGreaterThanOrEqual(COUNT);
    // What it is about has happened: or else this has tested nothing.
    expect(counts.overtaken).toBeGreaterThan(COUNT / 10);
    expect(counts.sameNumber).toBeGreaterThan(COUNT / 50);
    expect(counts.wrongOrder).toBeGreaterThan(0);
  });
});
