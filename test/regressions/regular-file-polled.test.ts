// Trap 26: a regular file cannot be polled, and the bare EPERM of the kernel sends
// people looking for permissions.
//
// Without the hint beside epoll_ctl's EPERM: the message does not say what to do. With
// EPERM as an unexpected error of delete: a watcher whose number is now a file's
// cannot be closed, and the loop never ends.
import { closeSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createPoller } from '../../lib/poller/index.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { eachWithLoop, run } from '../support/drive.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

const TYPED = expect.objectContaining({
  name: 'SystemError',
  code: 'EPERM',
  syscall: expect.stringMatching(/^(epoll_ctl|kevent)$/),
  message: expect.stringMatching(/always ready: read them .* loop\.fs/),
});

describe('a regular file', () => {
  it('is refused with an error that says what to do instead', () => {
    const fd = openSync(import.meta.filename, 'r');
    const poller = createPoller();
    try {
      expect(() => test.loop.watch(fd, { read: true }, () => {})).toThrow(TYPED);
      expect(() => test.loop.stream(fd, {}, {})).toThrow(/node:fs/);
      expect(() => poller.add(fd, { read: true }, 1)).toThrow(TYPED);
      expect(test.loop.alive).toBe(false);
    } finally {
      poller.close();
      closeSync(fd);
    }
  });

  it('that took the number of a watched descriptor does not keep its watcher', async () => {
    const [readEnd, writeEnd] = opened.pipe();
    const watcher = test.loop.watch(readEnd, { read: true }, () => {});
    opened.close(readEnd, writeEnd);
    const fd = openSync(import.meta.filename, 'r');
    try {
      expect(fd).toBe(readEnd);
      watcher.modify({});
      expect(() => watcher.modify({ read: true })).toThrow(TYPED);
      watcher.close();
      await run(test.loop);
      expect([watcher.isClosed, test.loop.alive]).toEqual([true, false]);
    } finally {
      closeSync(fd);
    }
  });
});
