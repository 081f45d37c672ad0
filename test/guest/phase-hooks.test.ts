// Prepare and check hooks of a guest loop, whose waits are its host's.
//
// Without `unprepared` in GuestLoop#settle (lib/loop/guest) prepare hooks wait for the next event,
// which may never come, when a turn is over before they were called: all of these fail. Where a
// hook that starts in the phase counts as one that is yet to be called (take() in
// lib/loop/phase-hooks.ts), a loop that waits in owned mode takes one turn after the other here.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import type { HookCallback } from '../../lib/loop/phase-hooks.js';
import { newLoop, socketPair } from '../loop/support.js';
import { put } from '../support/bytes.js';
import { HOSTS } from './support.js';

/** The host's own loop turns a few times. */
async function hostTurns(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** A guest loop whose host cannot wait for a second iteration of a turn: time flies. */
function hastyLoop(): EventLoop {
  let nowMs = 0;
  return newLoop({}, { clock: () => (nowMs += 10) }).attach();
}

/** Has the loop call `callback` for one event, once what this returns is called. */
function oneEvent(loop: EventLoop, callback: () => void): () => void {
  const [readEnd, writeEnd] = socketPair();
  loop.watch(readEnd, { read: true }, (_ready, watcher) => {
    watcher.close();
    callback();
  });
  return () => put(writeEnd);
}

describe.each(HOSTS)('a hook of a loop attached by %s', (host) => {
  beforeEach(() => {
    process.env['RAWLOOP_HOST'] = host;
  });
  afterEach(() => {
    delete process.env['RAWLOOP_HOST'];
  });

  it('for prepare that starts outside of it comes before the host waits', async () => {
    const loop = hastyLoop();
    oneEvent(loop, () => {});
    await hostTurns();
    await new Promise<void>((resolve) => {
      loop.prepare((hook) => {
        hook.close();
        resolve();
      });
    });
  });

  it('for prepare that starts in a callback comes before the host waits', async () => {
    const loop = hastyLoop();
    await new Promise<void>((resolve) => {
      const event = oneEvent(loop, () => {
        loop.prepare((hook) => {
          hook.close();
          resolve();
        });
      });
      event();
    });
  });

  it.each(['an event', 'an immediate', 'a close'])(
    'for prepare comes between %s and the wait behind it',
    async (what) => {
      const loop = hastyLoop();
      const log: string[] = [];
      loop.prepare(() => log.push('prepare'));
      while (log.length === 0) await hostTurns();
      const note = () => log.push(what);
      if (what === 'an event') oneEvent(loop, note)();
      else if (what === 'an immediate') loop.setImmediate(note);
      else loop.connect({ host: '127.0.0.1', port: 9 }, { close: note }).destroy();
      while (!log.includes(what)) await hostTurns();
      // The thread that waits for the host may not be let run for a while.
      while (log.at(-1) === what) await hostTurns();
      expect(log.at(-1)).toBe('prepare');
    },
  );

  it('for prepare makes no turn where nothing was called since', async () => {
    const loop = hastyLoop();
    let calls = 0;
    loop.prepare(() => calls++);
    loop.check(() => {});
    oneEvent(loop, () => {});
    while (calls === 0) await hostTurns();
    const before = calls;
    await hostTurns();
    expect(calls).toBe(before);
  });

  it('for prepare that starts in the phase itself waits for the next turn, and makes none', async () => {
    const loop = hastyLoop();
    let calls = 0;
    const again: HookCallback = (hook) => {
      calls++;
      hook.close();
      loop.prepare(again);
    };
    loop.prepare(again);
    const event = oneEvent(loop, () => {});
    while (calls === 0) await hostTurns();
    await hostTurns();
    expect(calls).toBe(1);
    event();
    // Before the event is looked for, and before the wait behind it.
    while (calls < 3) await hostTurns();
    await hostTurns();
    expect(calls).toBe(3);
  });

  it('for check that starts outside of it waits for the next event', async () => {
    const loop = hastyLoop();
    let events = 0;
    const event = oneEvent(loop, () => events++);
    await hostTurns();
    let eventsSeen = -1;
    loop.check((hook) => {
      eventsSeen = events;
      hook.close();
    });
    await hostTurns();
    expect(eventsSeen).toBe(-1);
    event();
    while (eventsSeen < 0) await hostTurns();
    expect(eventsSeen).toBe(1);
  });
});
