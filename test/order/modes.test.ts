// One script of all kinds of callbacks, three deep, has one order: that of the model in
// model.ts, in owned and in guest mode, on every host loop and every backend.
//
// With the host's ticks before the loop's, and with immediates before check hooks, every
// order here fails, in both modes.
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { runChild } from '../support/child.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, type DriveMode, drive } from '../support/drive.js';
import { expectedOrder } from './model.js';
import { DEPTH, logOrder } from './script.js';

guardDescriptors();

const expected = expectedOrder(DEPTH);

/** The order in a process of its own, with the built package. */
function orderInChild(mode: DriveMode, env: Record<string, string>): string[] {
  return runChild<string[]>(
    `
    const loop = new EventLoop();
    const descriptors = { open: () => raw.eventfd(1, c.EFD_NONBLOCK), close: raw.close };
    (${logOrder.toString()})(loop, descriptors, ${DEPTH}, report);
    ${mode === 'owned' ? 'loop.run()' : 'loop.attach()'};
    `,
    { env },
  );
}

describe('the model', () => {
  it('runs ticks, microtasks and then the phases that follow, from a poll callback', () => {
    expect(expectedOrder(1)).toEqual([
      'tick',
      'host tick',
      'promise',
      'microtask',
      'check',
      'immediate',
      'closing',
      'interval',
      'timeout',
      'pending',
      'idle',
      'prepare',
      'watch',
    ]);
  });

  it('runs everything that the script schedules, once', () => {
    expect(expected).toHaveLength(13 + 13 ** 2 + 13 ** 3);
    expect(new Set(expected).size).toBe(expected.length);
  });
});

describe('the order of all kinds of callbacks, three deep, is the model’s', () => {
  it.each(DRIVE_MODES)('in this process, in %s mode', async (mode) => {
    const loop = new EventLoop();
    const descriptors = {
      open: () => raw.check(raw.eventfd(1, constant('EFD_NONBLOCK')), 'eventfd'),
      close: (fd: number) => void raw.close(fd),
    };
    let log: string[] = [];
    logOrder(loop, descriptors, DEPTH, (whole) => {
      log = whole;
    });
    await drive(loop, mode);
    loop.close();
    expect(log).toEqual(expected);
  });

  it.each(['epoll', 'checked'])('in a child that owns its loop, on %s', (backend) => {
    expect(orderInChild('owned', { RAWLOOP_BACKEND: backend })).toEqual(expected);
  });

  it.each(['eventfd', 'pipe'])('in a child that owns its loop, woken by %s', (waker) => {
    expect(orderInChild('owned', { RAWLOOP_WAKER: waker })).toEqual(expected);
  });

  it.each(['libuv', 'waiter'])('in a guest of %s', (host) => {
    expect(orderInChild('guest', { RAWLOOP_HOST: host })).toEqual(expected);
  });
});
