// `npm run bench -- --check`: what it takes for a regression. The benchmark really
// runs, on a few rounds of timers; the budgets are made up, and so far off that no
// machine is fast or slow enough to change the outcome.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, runBench } from './support.js';

const FAR_TOO_LITTLE = 1e-6;
const MORE_THAN_ENOUGH = 1e6;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rawloop-budget-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function check(figures: object): Promise<Outcome> {
  const path = join(folder, 'budget.json');
  const margins = { normal: 0.1, quick: 0.4 };
  writeFileSync(path, JSON.stringify({ margins, quick: Object.keys(figures), figures }));
  return runBench('--check', '--quick', '--budget', path, '--rounds', '1');
}

describe.skipIf(process.platform !== 'linux')('bench --check', () => {
  it('passes when every figure is within the budget', async () => {
    const figures = { 'timers/clear-as-started': { owned: { cpu: MORE_THAN_ENOUGH } } };
    const { status, stdout, stderr } = await check(figures);
    expect(stderr).not.toContain('once more');
    expect(stdout).toContain('0 of 1 figures');
    expect(status).toBe(0);
  });

  it('fails on a regression, after it has looked twice', async () => {
    const figures = {
      'timers/clear-as-started': {
        owned: { cpu: FAR_TOO_LITTLE },
        heap: { cpu: MORE_THAN_ENOUGH },
      },
    };
    const { status, stdout, stderr } = await check(figures);
    expect(stderr).toContain('once more, as it is over budget: timers');
    expect(stdout).toMatch(/timers\/clear-as-started owned .* REGRESSION/);
    expect(stdout).toMatch(/timers\/clear-as-started heap .* ok/);
    expect(stdout).toContain('1 of 2 figures');
    expect(status).toBe(1);
  });

  it('fails when a figure of the budget cannot be measured', async () => {
    const figures = {
      'timers/clear-as-started': {
        owned: { cpu: MORE_THAN_ENOUGH },
        nobody: { cpu: MORE_THAN_ENOUGH },
      },
    };
    const { status, stdout } = await check(figures);
    expect(stdout).toMatch(/timers\/clear-as-started nobody .* not measured/);
    expect(status).toBe(1);
  });

  it('refuses a budget for a scenario that there is not', async () => {
    const { status, stderr } = await check({ 'timers/backwards': { owned: { cpu: 1 } } });
    expect(stderr).toContain('there is no scenario timers/backwards');
    expect(status).toBe(1);
  });

  it('refuses a figure that there is not', async () => {
    const { status, stderr } = await check({ 'timers/clear-as-started': { owned: { luck: 1 } } });
    expect(stderr).toContain('timers/clear-as-started has luck: 1');
    expect(status).toBe(1);
  });
});
