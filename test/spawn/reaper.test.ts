// Children that were let go are waited for by a thread: one of the loop's, however many there are, and
// none once they have ended.
//
// Without `works_` (Reaper::Take, native/process/reaper.cc) each child has a thread; with a HasEnded
// that says no to ECHILD the thread never ends where somebody else has taken a status.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { compiled } from '../support/compile.js';
import { guardDescriptors } from '../support/descriptors.js';
import { eachWithLoop } from '../support/drive.js';
import { systemCalls } from '../watch/kernel-objects.js';
import { guardChildren } from './support.js';

guardDescriptors();
guardChildren();
const test = eachWithLoop();
const isLinux = process.platform === 'linux';
const addon = isLinux ? compiled('syscall-addon.c') : '';
const TASKS = '/proc/self/task';
const TURN_MS = 5;

/** What /proc says of each. */
function statusOfReapers(): string[] {
  const all = readdirSync(TASKS).map((task) => {
    try {
      return readFileSync(`${TASKS}/${task}/status`, 'latin1');
    } catch {
      // It has ended meanwhile.
      return '';
    }
  });
  return all.filter((status) => status.startsWith('Name:\trawloop-reaper\n'));
}

const reapers = () => statusOfReapers().length;

const turn = () => new Promise((resolve) => setTimeout(resolve, TURN_MS));

async function untilReapers(count: number): Promise<void> {
  while (reapers() !== count) await turn();
}

/** A child that was let go. */
function abandoned(): number {
  const child = test.loop.spawn('sleep', ['60'], { stdio: 'ignore' });
  child.close();
  return child.pid;
}

const kill = (pid: number) => raw.check(raw.kill(pid, constant('SIGKILL')), 'kill');

it.runIf(isLinux)('one thread waits for all that were let go, and ends with the last', async () => {
  await untilReapers(0);
  const pids = [abandoned(), abandoned(), abandoned()];
  await untilReapers(1);
  // Others would have their names by then.
  for (let i = 0; i < 4; i++) await turn();
  const all = statusOfReapers();
  expect(all.length).toBe(1);
  // None is delivered to it, also of real time: a handler of the host's would run there.
  const blocked = BigInt(`0x${/^SigBlk:\t(\w+)$/m.exec(all[0] as string)?.[1]}`);
  const bits = ['SIGCHLD', 'SIGINT', 'SIGUSR1', 'SIGRTMIN', 'SIGRTMAX'].map((name) =>
    constant(name),
  );
  for (const bit of bits) expect((blocked >> BigInt(bit - 1)) & 1n).toBe(1n);
  pids.forEach(kill);
  await untilReapers(0);
});

it.runIf(isLinux)('it gives up a child that somebody else has waited for', async () => {
  await untilReapers(0);
  const call = systemCalls(addon);
  const pid = abandoned();
  kill(pid);
  // Or the thread was first.
  const taken = call('wait4', pid, 0, 0, 0);
  expect([pid, -constant('ECHILD')]).toContain(taken);
  await untilReapers(0);
});
