// The lessons that start processes, which take seconds: `npm run test:measure`, and a step of
// `npm run ok`. What they say is true of their figures, they have the form that the README shows,
// and nothing of them is left, also when they are stopped in the middle.
// Tried without its guard: without the server's listener of 'disconnect' those of SO_REUSEPORT never
// end; where lesson 16 goes on while it is stopped, its next command starts pm2 anew.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { childrenOf, Run, root, untilGone } from '../../cli/support.js';
import { temporaryFolder } from '../../support/folder.js';
import { folder, formOf, printedBy, recorded } from '../printed.js';

const { findPm2 } = (await import(join(root, 'scripts/lessons/pm2.mjs'))) as {
  findPm2(): Promise<string>;
};

const NAMES = '11-names-that-hang.cjs';
const PROCESSES = '15-processes-on-one-port.cjs';
const PM2 = '16-under-pm2.cjs';
const LIMIT_MS = 180_000;

/** Undefined where it cannot be fetched. */
const pm2 = await findPm2().catch(() => undefined);
const underPm2 = ['--pm2', pm2 ?? '', '--processes', '2', '--hash-ms', '5'];

/** Stops a lesson once it has printed so and has children, and waits for the end of all of them. */
async function stopped(name: string, args: readonly string[], once: RegExp): Promise<Run> {
  const TMPDIR = temporaryFolder();
  const run = new Run(process.execPath, [join(folder, name), ...args], { TMPDIR });
  let children: ReturnType<typeof childrenOf> = [];
  try {
    await run.said(once);
    while (children.length === 0 && run.child.exitCode === null) {
      children = childrenOf(run.child.pid as number);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  } finally {
    run.child.kill('SIGTERM');
  }
  expect((await run.ended).code).toBe(1);
  await untilGone(children);
  expect(readdirSync(TMPDIR)).toEqual([]);
  return run;
}

describe.runIf(process.platform === 'linux')('lessons with processes', () => {
  it(`${PROCESSES} says what is true of it`, { timeout: LIMIT_MS }, async () => {
    const text = await printedBy(PROCESSES, ['--hash-ms', '10', '--requests', '100']);
    expect(formOf(text)).toEqual(formOf(recorded(PROCESSES)));
  });

  it.runIf(pm2)(`${PM2} says what is true of it`, { timeout: LIMIT_MS }, async () => {
    const text = await printedBy(PM2, underPm2);
    expect(formOf(text)).toEqual(formOf(recorded(PM2)));
  });

  it.runIf(pm2)(`${PM2} ends with pm2 and all that it started`, { timeout: LIMIT_MS }, async () => {
    const run = await stopped(PM2, underPm2, /after start .* online/);
    const pids = [...run.stdout.matchAll(/(\d+) online/g)].map(([, pid]) => Number(pid));
    await untilGone(pids.map((pid) => ({ pid, command: '' })));
  });

  it.each([
    ['node:cluster', /^node:cluster +1 /m],
    ['SO_REUSEPORT', /^SO_REUSEPORT +1 /m],
  ])(`${PROCESSES} ends with its processes of %s`, { timeout: LIMIT_MS }, async (_how, once) => {
    await stopped(PROCESSES, ['--hash-ms', '50', '--requests', '10'], once);
  });

  it(`${NAMES} ends with its network`, { timeout: LIMIT_MS }, async ({ skip }) => {
    const probe = await printedBy(NAMES, ['--iterations', '1000']);
    if (probe.startsWith('No network of its own')) skip();
    await stopped(NAMES, [], /every thread may be theirs/);
  });
});
