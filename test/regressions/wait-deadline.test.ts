// Trap 9: how long the poll phase waits. A wait that a signal cuts short goes on to
// the same deadline, not for the whole time anew; the last fraction of a millisecond
// is waited for, not spun through; what comes late does not make the next one later.
//
// Without the guards: with EINTR waited anew (lib/poller/epoll.ts), all 2,000 signals
// come before the timer does. With the time cut to whole milliseconds (the same file),
// the loop spins through hundreds of waits. With an interval counted from its call
// instead of its due time (lib/loop/time/timers.ts), the grid is left at the first call.
import { describe, expect, it } from 'vitest';
import { newLoop, outside, silentFd } from '../loop/support.js';
import { ClockedTimers } from '../loop/time/timers-support.js';
import { runChild } from '../support/child.js';

const SIGNALS = 2000;

/** A Worker that sends this process a signal every few ms, until it is told to stop. */
const STORM = `
  process.on('SIGUSR2', () => {});
  const storm = new Int32Array(new SharedArrayBuffer(8));
  const startStorm = (then) => new Worker(\`
    const { storm, pid } = require('node:worker_threads').workerData;
    while (storm[0] === 0 && storm[1] < ${SIGNALS}) {
      process.kill(pid, 'SIGUSR2');
      Atomics.add(storm, 1, 1);
      Atomics.wait(storm, 0, 0, 3);
    }
  \`, { eval: true, workerData: { storm, pid: process.pid } }).on('online', () => setImmediate(then));
  const signals = () => Atomics.load(storm, 1);
  const endStorm = () => Atomics.store(storm, 0, 1);
`;

describe('a wait that signals interrupt', () => {
  it('ends at its deadline, not a full time after the last of them', () => {
    const told = runChild(`${STORM}
      startStorm(() => {
        const loop = new EventLoop();
        let early = false;
        const wait = () => {
          const startMs = performance.now();
          const before = signals();
          loop.setTimeout(() => {
            early ||= performance.now() - startMs < 200;
            // A thread that was not let run has sent none: the wait is made again.
            if (signals() === before) return wait();
            endStorm();
            report({ early, all: signals() === ${SIGNALS} });
          }, 200);
        };
        wait();
        loop.run();
      });`);
    expect(told).toEqual({ early: false, all: false });
  });

  it('and that is for ever goes on, until something comes', () => {
    const told = runChild(`${STORM}
      startStorm(() => {
        const loop = new EventLoop();
        const readable = raw.eventfd(0, c.EFD_NONBLOCK);
        const before = signals();
        loop.watch(readable, { read: true }, (ready, watcher) => watcher.close());
        new Worker(\`
          const { storm, before, fd, dist } = require('node:worker_threads').workerData;
          while (Atomics.load(storm, 1) < before + 20) Atomics.wait(storm, 0, 0, 1);
          require(dist + '/raw.cjs').write(fd, new BigUint64Array([1n]));
        \`, { eval: true, workerData: { storm, before, fd: readable, dist: DIST } });
        const alive = loop.run('once');
        report({ alive, interrupted: signals() >= before + 20 });
        endStorm();
      });`);
    expect(told).toEqual({ alive: false, interrupted: true });
  });
});

describe('a wait for a fraction of a millisecond', () => {
  it('is a wait, not a spin', async () => {
    const loop = newLoop();
    loop.watch(silentFd(), { read: true }, () => {}).unref();
    const { poller } = loop;
    const wait = poller.wait.bind(poller);
    let waits = 0;
    poller.wait = (ready, timeoutMs) => {
      waits++;
      return wait(ready, timeoutMs);
    };
    const delays = [0.2, 0.5, 0.9, 1.5, 3.7, 10.3, 20.9];
    await outside(() => {
      for (const ms of delays) {
        loop.setTimeout(() => {}, ms);
        loop.run();
      }
    });
    expect(waits).toBeLessThanOrEqual(delays.length * 3);
  });
});

describe('an interval whose calls come late', () => {
  it('stays on the grid of its start', () => {
    const clocked = new ClockedTimers();
    clocked.every(16);
    for (let i = 1; i <= 1000; i++) {
      clocked.phase(1000 + i * 16 + 5);
      expect(clocked.timers.nextDueMs).toBe(1000 + (i + 1) * 16);
    }
  });
});
