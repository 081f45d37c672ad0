// Trap 35: run('once') blocks in the kernel although a callback ran already, or calls an
// overdue interval a second time behind the wait. One of both is progress: a timer, a
// hook or a put-off callback before the wait, or else what the wait brought.
//
// Without `mode === 'once' && this.#progressed` in #poll of lib/loop/iteration.ts
// the loops here wait for the alarm; with the timers behind the wait run whatever came
// before, the interval is called twice. Without the look
// at the clock in #runTimedOut the timer that falls due in between is not called.
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { FlightRecorder } from '../../lib/inspect/index.js';
import { newLoop, outside, silentFd, stall } from '../loop/support.js';
import { fakeLoop } from '../support/fake-poller.js';

const ALARM_MS = 10_000;

/** A loop that waits for ever, but for the alarm, which tells that it did. */
function waiting(): { loop: EventLoop; alarmed: () => boolean } {
  const loop = newLoop();
  let alarmed = false;
  loop.watch(silentFd(), { read: true }, () => {});
  loop.setTimeout(() => {
    alarmed = true;
  }, ALARM_MS);
  return { loop, alarmed: () => alarmed };
}

type Start = (loop: EventLoop, callback: () => void) => unknown;
const BEFORE_THE_WAIT: Record<string, Start> = {
  'a timer': (loop, callback) => loop.setTimeout(callback, 0),
  'a prepare hook': (loop, callback) => loop.prepare(callback),
  'an idle hook': (loop, callback) => loop.idle(callback),
  'a callback that was put off': (loop, callback) => loop.defer(callback),
  'a tick': (loop, callback) => loop.nextTick(callback),
};

describe("run('once')", () => {
  it.each(Object.keys(BEFORE_THE_WAIT))('does not wait behind %s', async (name) => {
    const { loop, alarmed } = waiting();
    let calls = 0;
    BEFORE_THE_WAIT[name]?.(loop, () => calls++);
    stall(2);
    await outside(() => loop.run('once'));
    const before = calls;
    // It would be due by now, had the loop waited for it.
    await outside(() => loop.run('nowait'));
    expect([before, alarmed()]).toEqual([1, false]);
  });

  it('calls a timer that fell due when it was too late for a wait, too early to be seen', async () => {
    const { poller } = fakeLoop();
    // Time goes by with each look at it: due at the wait, and not at the iteration's start.
    let nowMs = 0;
    const loop = new EventLoop({}, { poller, clock: () => nowMs++ });
    let fired = false;
    loop.setTimeout(() => {
      fired = true;
    }, 3);
    await outside(() => loop.run('once'));
    expect(fired).toBe(true);
  });

  it('calls an overdue interval once', async () => {
    const loop = newLoop();
    let calls = 0;
    loop.setInterval(() => calls++, 10);
    stall(25);
    await outside(() => loop.run('once'));
    expect(calls).toBe(1);
  });

  it('calls an interval whose period is over again by the end of its own callback once', async () => {
    const loop = newLoop();
    let calls = 0;
    // Who records looks at the clock behind each wait: then the interval is due again.
    new FlightRecorder(loop).start();
    loop.watch(silentFd(), { read: true }, () => {});
    loop.setInterval(() => {
      calls++;
      stall(5);
    }, 3);
    stall(5);
    await outside(() => loop.run('once'));
    expect(calls).toBe(1);
  });

  it('waits for a timer, and runs it', async () => {
    const loop = newLoop();
    let calls = 0;
    loop.setTimeout(() => calls++, 20);
    await outside(() => loop.run('once'));
    expect(calls).toBe(1);
  });
});
