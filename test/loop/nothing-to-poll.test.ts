// With no descriptor to wait for and no time to wait, the kernel is not asked: a chain
// of immediates costs no system call. A wake-up is not lost by that.
import { afterEach, describe, expect, it } from 'vitest';
import { native } from '../../lib/binding/index.js';
import { EventLoop } from '../../lib/faces/index.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

describe('an iteration with nothing to poll', () => {
  let loop: EventLoop;
  afterEach(() => loop.close());

  function chain(length: number): void {
    let left = length;
    const next = () => {
      left--;
      if (left > 0) loop.setImmediate(next);
    };
    loop.setImmediate(next);
  }

  it('does not ask the kernel', () => {
    loop = new EventLoop();
    chain(100);
    loop.run();
    expect(loop.metrics().waits).toBe(0);
    expect(loop.metrics().iterations).toBe(100);
  });

  it('asks it in each iteration once a descriptor is waited for', () => {
    loop = new EventLoop();
    const fd = native.eventfd(0, 0) as number;
    const watcher = loop.watch(fd, { read: true }, () => {});
    chain(100);
    watcher.unref();
    loop.run();
    expect(loop.metrics().waits).toBe(100);
    watcher.close();
    native.close(fd);
  });

  it('keeps a wake-up for the next wait', () => {
    loop = new EventLoop();
    loop.wake();
    chain(3);
    loop.run();
    loop.setTimeout(() => {}, 60_000);
    // It would wait for a minute otherwise.
    expect(loop.run('once')).toBe(true);
  });

  it.skipIf(deviates(usedBackend, 'notPollable'))(
    'takes a wake-up in guest mode, where the host would call for ever',
    async () => {
      loop = new EventLoop().attach();
      loop.wake();
      while (loop.metrics().waits === 0) await new Promise(setImmediate);
      const { waits } = loop.metrics();
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(loop.metrics().waits).toBe(waits);
    },
  );
});
