// How busy the threads of this process are, also on a machine that has no time for them:
// a thread that spins is on a processor or waits for one, all the time. See the
// kernel's Documentation/scheduler/sched-stats.rst.
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

const TASKS = '/proc/self/task';
const HAS_STATS = existsSync('/proc/self/schedstat');

/** What a thread took, in ms of a processor, and how long it was ready to run in all. */
function timesOf(text) {
  const [ran, waited] = text.split(' ').map((ns) => Number(ns) / 1e6);
  return { ranMs: ran, readyMs: ran + waited };
}

/** Of each thread but the caller's. */
function allTimes() {
  if (!HAS_STATS) {
    const { user, system } = process.cpuUsage();
    const ms = (user + system) / 1000;
    return new Map([['all', { ranMs: ms, readyMs: ms }]]);
  }
  const found = new Map();
  for (const task of otherThreads()) {
    try {
      found.set(task, timesOf(readFileSync(`${TASKS}/${task}/schedstat`, 'utf8')));
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
  return { times: allTimes(), ms: performance.now() };
}

/**
 * The thread that wanted most of the time since `since`: its share of it, 0 to 1, and how long it
 * ran. A thread that is new counts from where it is first seen.
 */
export function busiest(since) {
  const elapsedMs = performance.now() - since.ms;
  const busiest = { share: 0, ranMs: 0 };
  for (const [task, now] of allTimes()) {
    const before = since.times.get(task) ?? now;
    const share = elapsedMs === 0 ? 0 : Math.min(1, (now.readyMs - before.readyMs) / elapsedMs);
    if (share > busiest.share) Object.assign(busiest, { share, ranMs: now.ranMs - before.ranMs });
  }
  return busiest;
}
