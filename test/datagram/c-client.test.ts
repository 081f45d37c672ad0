// A load of datagrams from a client in C, as `npm run bench -- udp-heap` has it with ten
// million: the client checks each byte, and both sides count. What one has sent and the
// other has not read was lost on the way, and was sent again.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runBench } from '../bench/support.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

const DATAGRAMS = 20_000;

interface Round {
  peer: string;
  datagrams: number;
  counts: { sent: number; read: number; written: number; received: number };
  lost: number;
}

/** It measures both modes. */
const runs = process.platform === 'linux' && !deviates(usedBackend, 'notPollable');

describe.runIf(runs)('datagrams from a client in C', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rawloop-datagrams-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are answered in both modes, and counted alike on both sides', async () => {
    const path = join(folder, 'results.json');
    const few = ['--quick', '--datagrams', String(DATAGRAMS)];
    const { status, stderr } = await runBench('udp-heap', ...few, '--json', path);
    expect(status, stderr).toBe(0);
    const { rounds } = JSON.parse(readFileSync(path, 'utf8')).scenarios[0] as { rounds: Round[] };
    expect(rounds.map(({ peer }) => peer)).toEqual(['owned', 'guest']);
    for (const { datagrams, counts, lost } of rounds) {
      const { sent, read, written, received } = counts;
      expect(datagrams).toBeGreaterThanOrEqual(DATAGRAMS);
      expect(received).toBeGreaterThanOrEqual(datagrams);
      expect(written).toBe(read);
      expect(sent - received).toBeLessThanOrEqual(lost);
    }
  });
});
