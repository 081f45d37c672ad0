// What a run of the benchmark leaves: tables with their noise, and JSON that says
// on what it was measured. No figure is judged here.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { arch, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, runBench } from './support.js';

describe.skipIf(process.platform !== 'linux')('bench', () => {
  let folder: string;
  let outcome: Outcome;
  // biome-ignore lint/suspicious/noExplicitAny: what JSON is, the tests find out
  let results: any;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rawloop-bench-'));
    const path = join(folder, 'results.json');
    const small = ['--quick', '--rounds', '2', '--round-ms', '150'];
    outcome = await runBench('fs-stat', '--peers', 'guest', ...small, '--json', path);
    results = JSON.parse(readFileSync(path, 'utf8'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('measures what it is asked for, and what that is compared with', () => {
    expect(outcome.status).toBe(0);
    expect(results.scenarios).toHaveLength(1);
    const [{ name, summaries }] = results.scenarios;
    expect(name).toBe('fs-stat');
    expect(Object.keys(summaries.stat).sort()).toEqual(['guest', 'node']);
  });

  it('shows the least and the greatest ratio beside the median', () => {
    expect(outcome.stdout).toContain('min-max');
    expect(outcome.stdout).toMatch(/^ {2}node .* 1\.00-1\.00 /m);
  });

  it('keeps every round in the JSON', () => {
    const { rounds } = results.scenarios[0];
    expect(rounds).toHaveLength(2 * 2 * 3);
    for (const round of rounds) {
      expect(round.operations).toBeGreaterThan(0);
      expect(round.cpuNs).toBeGreaterThan(0);
    }
  });

  it('names the machine, the kernel and the versions in the JSON', () => {
    const { date, machine, settings } = results;
    expect(Number.isNaN(Date.parse(date))).toBe(false);
    expect(machine).toMatchObject({ arch: arch(), kernel: release() });
    expect(machine.cores).toBeGreaterThan(0);
    expect(machine.versions.node).toBe(process.version);
    expect(machine.versions.rawloop).toMatch(/^\d+\.\d+\.\d+/);
    expect(settings.workRounds).toBe(2);
  });

  it('says what is wrong with a call, with status 2', async () => {
    const { status, stderr } = await runBench('breakfast');
    expect(status).toBe(2);
    expect(stderr).toContain("unknown scenario 'breakfast'");
  });
});
