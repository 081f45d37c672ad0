// How busy the threads of this process are, also on a machine that has no time for them:
// a thread that spins is on a processor or waits for one, all the time. See the
// kernel's Documentation/scheduler/sched-stats.rst.
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

const TASKS = '/proc/self/task';
const HAS_STATS = existsSync('/proc/self/schedstat');

/** Milliseconds that each thread but the caller's ran or was ready to run. */
function readyMs() {
  if (!HAS_STATS) {
    const { user, system } = process.cpuUsage();
    return new Map([['all', (user + system) / 1000]]);
  }
  const found = new Map();
  for (const task of otherThreads()) {
    try {
      const [ran, waited] = readFileSync(`${TASKS}/${task}/schedstat`, 'utf8').split(' ');
      found.set(task, (Number(ran) + Number(waited)) / 1e6);
    } catch {
      // The thread has ended, or the process has no descriptor left to look.
    }
  }
  return found;
}

function otherThreads() {
  try {
    const self = basename(readlinkSync('/proc/thread-self'));
    return readdirSync(TASKS).filter((task) => task !== self);
  } catch {
    return [];
  }
}

export function mark() {
  return { ready: readyMs(), ms: performance.now() };
}

/** The share of the time since `since` that the busiest thread wanted: 0 to 1. */
export function busiest(since) {
  const elapsedMs = performance.now() - since.ms;
  let most = 0;
  for (const [task, ms] of readyMs()) {
    most = Math.max(most, ms - (since.ready.get(task) ?? ms));
  }
  return elapsedMs === 0 ? 0 : Math.min(1, most / elapsedMs);
}
