// The order needs neither a kernel nor a clock: on a poller that reports whatever it
// was given, and a clock that moves only while the loop waits, the script of all kinds
// gives the model's sequence, and waits are as long as the timers say, to the digit.
//
// When timers that start in the timers phase run in it, only the first test here sees it:
// a real clock has always moved on. When a wait is counted from the start of the
// iteration, a callback that takes long delays the next timer by as much again.
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/event-loop.js';
import type { Poller, Registration } from '../../lib/poller/contract.js';
import { Ready, type ReadyList, type SharedWaker, toInterest } from '../../lib/poller/index.js';
import { run } from '../support/drive.js';
import { expectedOrder } from './model.js';
import { DEPTH, logOrder } from './script.js';

/** Time that passes only when somebody waits for it. */
class FakeTime {
  nowMs = 0;
  readonly clock = () => this.nowMs;
}

/** Finds every descriptor ready for reading, in the order of `add`. */
class FakePoller implements Poller {
  readonly name = 'fake';
  readonly fd = -1;
  readonly supports = {
    edge: false,
    oneshot: false,
    priority: false,
    exclusive: false,
    submillisecond: true,
  };
  readonly waker: SharedWaker = { fd: -1, state: new Int32Array(new SharedArrayBuffer(4)) };
  /** The timeout of each wait that may last. */
  readonly waitsMs: number[] = [];
  closed = false;
  readonly #time: FakeTime;
  readonly #registered = new Map<number, Registration>();

  constructor(time: FakeTime) {
    this.#time = time;
  }

  add(fd: number, interest: Parameters<Poller['add']>[1], token: number): void {
    if (this.#registered.has(fd)) throw new Error(`${fd} is here already`);
    this.#registered.set(fd, { fd, interest: toInterest(interest), token });
  }

  modify(fd: number, interest: Parameters<Poller['add']>[1], token: number): void {
    this.delete(fd);
    this.add(fd, interest, token);
  }

  delete(fd: number): boolean {
    return this.#registered.delete(fd);
  }

  wait(ready: ReadyList, timeoutMs: number): number {
    if (timeoutMs !== 0) this.waitsMs.push(timeoutMs);
    if (this.#registered.size === 0) {
      if (timeoutMs < 0) throw new Error('nothing would ever end this wait');
      this.#time.nowMs += timeoutMs;
    }
    let count = 0;
    for (const { token } of this.#registered.values()) ready.set(count++, Ready.READ, token);
    return count;
  }

  notify(): void {}

  rebuild(): void {
    throw new Error('no registration was lost');
  }

  close(): void {
    this.closed = true;
  }
}

function fakeLoop(): { loop: EventLoop; poller: FakePoller; time: FakeTime } {
  const time = new FakeTime();
  const poller = new FakePoller(time);
  const loop = new EventLoop({ maxEvents: 1024 }, { poller, clock: time.clock });
  return { loop, poller, time };
}

describe('on a fake poller with a fake clock', () => {
  it('the order of all kinds of callbacks, three deep, is that of the model', async () => {
    const { loop, poller, time } = fakeLoop();
    let next = 3;
    let log: string[] = [];
    logOrder(loop, { open: () => next++, close: () => {} }, DEPTH, (whole) => {
      log = whole;
    });
    await run(loop);
    expect(log).toEqual(expectedOrder(DEPTH));
    expect(time.nowMs).toBe(0);
    expect(poller.waitsMs).toEqual([]);
    loop.close();
    expect(poller.closed).toBe(true);
  });

  it('the loop waits for its next timer, exactly as long as is left', async () => {
    const { loop, poller, time } = fakeLoop();
    const log: [string, number][] = [];
    const note = (name: string) => () => log.push([name, time.nowMs]);
    loop.setTimeout(note('late'), 10.25);
    loop.setTimeout(note('early'), 2.5);
    loop.setTimeout(note('as late'), 10.25);
    const interval = loop.setInterval(() => {
      note('interval')();
      if (time.nowMs === 8) interval.close();
    }, 4);
    await run(loop);
    expect(poller.waitsMs).toEqual([2.5, 1.5, 4, 2.25]);
    expect(log).toEqual([
      ['early', 2.5],
      ['interval', 4],
      ['interval', 8],
      ['late', 10.25],
      ['as late', 10.25],
    ]);
  });

  it('a callback that takes long delays timers, and an interval skips what it missed', async () => {
    const { loop, poller, time } = fakeLoop();
    const ranMs: number[] = [];
    const interval = loop.setInterval(() => {
      ranMs.push(time.nowMs);
      if (ranMs.length === 1) time.nowMs += 25;
      if (ranMs.length === 3) interval.close();
    }, 10);
    await run(loop);
    expect(ranMs).toEqual([10, 35, 40]);
    expect(poller.waitsMs).toEqual([10, 5]);
  });

  it('a delay beyond 2^31 ms is one wait', async () => {
    const { loop, poller, time } = fakeLoop();
    loop.setTimeout(() => {}, 2 ** 40);
    await run(loop);
    expect(time.nowMs).toBe(2 ** 40);
    expect(poller.waitsMs).toEqual([2 ** 40]);
  });

  it('the loop waits for ever only while something without a time is referenced', async () => {
    const { loop, poller } = fakeLoop();
    const hook = loop.prepare(() => {});
    await expect(run(loop)).rejects.toThrow('nothing would ever end this wait');
    hook.unref();
    await run(loop, 'once');
    expect(poller.waitsMs).toEqual([-1]);
  });
});
