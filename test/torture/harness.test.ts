// The harness itself: workloads with a fault of each kind are found out, and one without
// is not. Each plays its first round, in which nothing fails, well.
//
// Where the referee goes by the time instead of its looks, what was stopped is said to hang.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
/** Ends a hang: a dozen processes with two rounds each take long where others run as well. */
const LIMIT_MS = 200_000;
const folder = mkdtempSync(join(tmpdir(), 'rawloop-'));

interface Found {
  point: { workload: string };
  violations: { kind: string; text: string }[];
}

interface Results {
  run: number;
  held: number;
  found: Found[];
}

interface Outcome {
  code: number | string | null | undefined;
  stdout: string;
  stderr: string;
}

function torture(...args: string[]): Promise<Outcome> {
  const command = [join(ROOT, 'scripts/torture.mjs'), ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: ROOT }, (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, stdout, stderr });
    });
  });
}

const faulty = ['--folder', 'test/torture/faulty', '--mode', 'guest'];

describe.runIf(process.platform === 'linux')('torture', () => {
  const kinds = new Map<string, string[]>();
  let results: Results;

  async function find(...args: string[]): Promise<Results> {
    const file = join(folder, 'results.json');
    const { stderr } = await torture(...faulty, '--no-net', '--json', file, ...args);
    expect(stderr).toBe('');
    const read = JSON.parse(readFileSync(file, 'utf8')) as Results;
    for (const { point, violations } of read.found) {
      kinds.set(
        point.workload,
        violations.map(({ kind }) => kind),
      );
    }
    return read;
  }

  beforeAll(async () => {
    const point = ['--call', 'recv', '--errno', 'ECONNRESET', '--use', '2'];
    results = await find(...point);
  }, LIMIT_MS);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['loses-a-byte', 'lost'],
    ['fails-silently', 'lost'],
    ['harms-others', 'harm'],
    ['hangs', 'hang'],
    ['spins', 'spin'],
    ['leaks', 'leak'],
    ['crashes', 'crash'],
    ['throws-something-else', 'crash'],
    ['calls-back-twice', 'crash'],
  ])('finds that %s', (workload, kind) => {
    expect(kinds.get(workload)).toContain(kind);
  });

  it('finds nothing in what is sound, and counts it', () => {
    expect(kinds.has('honest')).toBe(false);
    expect(kinds.has('is-stopped')).toBe(false);
    expect(results.held).toBe(results.run - results.found.length);
    expect(results.held).toBeGreaterThan(0);
  });

  it(
    'runs one point by one command, and ends with code 1 when it is violated',
    async () => {
      const point = ['--call', 'setsockopt', '--errno', 'EPERM', '--use', '1'];
      const { code, stdout } = await torture(...faulty, '--workload', 'stays-silent', ...point);
      expect(stdout).toContain('stays-silent guest setsockopt EPERM 1: silent');
      expect(code).toBe(1);
      const sound = await torture(...faulty, '--workload', 'honest', ...point);
      expect(sound).toMatchObject({ code: 0, stdout: expect.stringContaining(': held') });
    },
    LIMIT_MS,
  );

  it('refuses what it does not know', async () => {
    const wrong = [['--call', 'fork'], ['--workload', 'nothing'], ['--jobs', 'many'], ['--bogus']];
    const outcomes = await Promise.all(wrong.map((args) => torture(...args)));
    for (const { code, stderr } of outcomes) {
      expect(stderr).toMatch(/^torture: /);
      expect(code).toBe(2);
    }
  });
});
