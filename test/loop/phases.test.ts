// One iteration and its order: timers, pending, poll, check, closing.
import { describe, expect, it } from 'vitest';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import { run } from '../support/drive.js';
import { fakeLoop } from '../support/fake-poller.js';
import { newLoop, PlainHandle, readableFd, stall } from './support.js';

/** A handle whose close callback says so. */
function closing(loop: EventLoop, onClosed: () => void): PlainHandle {
  const handle = new PlainHandle(loop);
  handle.onClosedCallback = onClosed;
  return handle;
}

/** Calls back once in the next poll phase. */
function onPoll(loop: EventLoop, callback: () => void): void {
  loop.watch(readableFd(), { read: true }, (_ready, watcher) => {
    watcher.close();
    callback();
  });
}

describe('one iteration', () => {
  it('runs timers, pending, poll, check and closing, in this order', async () => {
    const loop = newLoop();
    const log: string[] = [];
    // Set in the opposite order, so that nothing but the phases orders them.
    closing(loop, () => log.push('closing')).close();
    loop.setImmediate(() => log.push('check'));
    onPoll(loop, () => log.push('poll'));
    loop.defer(() => log.push('pending'));
    loop.setTimeout(() => log.push('timers'), 0);
    expect(await run(loop, 'once')).toBe(false);
    expect(log).toEqual(['timers', 'pending', 'poll', 'check', 'closing']);
  });

  it('runs in its later phases what its earlier ones ask for', async () => {
    const loop = newLoop();
    const log: string[] = [];
    loop.setTimeout(() => {
      log.push('timers');
      loop.defer(() => {
        log.push('pending');
        onPoll(loop, () => {
          log.push('poll');
          loop.setImmediate(() => {
            log.push('check');
            closing(loop, () => log.push('closing')).close();
          });
        });
      });
    });
    expect(await run(loop, 'nowait')).toBe(false);
    expect(log).toEqual(['timers', 'pending', 'poll', 'check', 'closing']);
  });

  it('leaves what its own or a later phase asks for to the next one', async () => {
    const loop = newLoop();
    const log: string[] = [];
    const name = (phase: string) => () => log.push(phase);
    loop.setTimeout(() => loop.setTimeout(name('timers'), 0), 0);
    loop.defer(() => loop.defer(name('pending')));
    loop.setImmediate(() => {
      loop.setImmediate(name('check'));
      loop.defer(name('pending from check'));
    });
    closing(loop, () => {
      closing(loop, name('closing')).close();
      loop.setImmediate(name('check from closing'));
    }).close();
    expect(await run(loop, 'nowait')).toBe(true);
    expect(log).toEqual([]);
    await run(loop);
    expect(log).toEqual([
      'timers',
      'pending',
      'pending from check',
      'check',
      'check from closing',
      'closing',
    ]);
  });

  it('runs an immediate from a poll callback before any timer that is due', async () => {
    const loop = newLoop();
    const log: string[] = [];
    onPoll(loop, () => {
      loop.setTimeout(() => log.push('timer'), 0);
      loop.setImmediate(() => log.push('immediate'));
    });
    await run(loop);
    expect(log).toEqual(['immediate', 'timer']);
  });

  it('runs timers in the order of their due times, whatever the order of their starts', async () => {
    // On a clock that stands still meanwhile.
    const { loop } = fakeLoop();
    const log: number[] = [];
    for (const ms of [3, 1, 2, 0]) loop.setTimeout(() => log.push(ms), ms);
    await run(loop);
    expect(log).toEqual([0, 1, 2, 3]);
  });

  it('delivers to every ready descriptor once', async () => {
    const loop = newLoop();
    const counts = new Map<number, number>();
    for (let i = 0; i < 20; i++) {
      loop.watch(readableFd(), { read: true }, (_ready, { fd }) => {
        counts.set(fd, (counts.get(fd) ?? 0) + 1);
      });
    }
    await run(loop, 'nowait');
    expect([...counts.values()]).toEqual(Array(20).fill(1));
  });

  it('does not call a handle that another callback of the batch closed', async () => {
    const loop = newLoop();
    let calls = 0;
    const pair = [0, 1].map(() =>
      loop.watch(readableFd(), { read: true }, (_ready, watcher) => {
        calls++;
        for (const other of pair) if (other !== watcher) other.close();
        watcher.close();
      }),
    );
    await run(loop);
    expect(calls).toBe(1);
  });

  it('takes maxEvents of what is ready; the others come with the next waits', async () => {
    const loop = newLoop({ maxEvents: 2 });
    const iterations: number[] = [];
    for (let i = 0; i < 5; i++) onPoll(loop, () => iterations.push(loop.metrics().iterations));
    await run(loop);
    expect(iterations).toEqual([1, 1, 2, 2, 3]);
    expect(loop.metrics()).toMatchObject({ events: 5, waits: 3 });
  });

  it('calls back what was closed in the order of the closes, not of the starts', async () => {
    const loop = newLoop();
    const log: number[] = [];
    const handles = [0, 1, 2, 3].map((name) => closing(loop, () => log.push(name)));
    for (const name of [2, 0, 3, 1]) handles[name]?.close();
    await run(loop);
    expect(log).toEqual([2, 0, 3, 1]);
  });

  it('updates the loop time before its timers', async () => {
    const loop = newLoop();
    let seenMs = 0;
    loop.setTimeout(() => {
      seenMs = loop.now();
    });
    stall(3);
    const startMs = performance.now();
    await run(loop, 'nowait');
    expect(seenMs).toBeGreaterThanOrEqual(startMs);
  });

  it('updates the loop time after its wait', async () => {
    const loop = newLoop();
    loop.updateTime();
    const startMs = loop.now();
    const timer = loop.setTimeout(() => {}, 10);
    loop.setInterval(() => {}, 10).unref();
    await run(loop, 'once');
    expect(timer.active).toBe(false);
    expect(loop.now()).toBeGreaterThanOrEqual(startMs + 10);
  });

  it('keeps the loop time within a phase, until updateTime', async () => {
    const loop = newLoop();
    const seen: number[] = [];
    loop.setTimeout(() => {
      const startMs = loop.now();
      while (performance.now() <= startMs);
      seen.push(loop.now() - startMs);
      loop.updateTime();
      seen.push(loop.now() - startMs);
    });
    await run(loop);
    expect(seen[0]).toBe(0);
    expect(seen[1]).toBeGreaterThan(0);
  });
});
