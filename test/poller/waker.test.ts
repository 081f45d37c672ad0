// What a waker does with wake-ups that do not end.
//
// Where the pipe is read until EAGAIN (`acknowledge` in lib/poller/waker.ts) this one hangs, and
// so does, on a busy machine, the storm of test/loop/wake.test.ts: as fast as one thread reads two
// write.
import { openSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHandleWaker } from '../../lib/poller/waker.js';
import * as raw from '../../lib/raw/index.js';
import { put, take } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';

guardDescriptors();
const opened = new Opened();

describe('a waker that is a pipe', () => {
  beforeEach(() => {
    process.env['RAWLOOP_WAKER'] = 'pipe';
  });
  afterEach(() => {
    delete process.env['RAWLOOP_WAKER'];
  });

  it('is empty once it is acknowledged, however often it was woken', () => {
    const waker = createHandleWaker();
    const { fd } = waker.shared;
    while (raw.write(fd, new Uint8Array(4096)) > 0);
    while (raw.write(fd, new Uint8Array(1)) > 0);
    waker.acknowledge();
    expect(take(waker.readFd)).toBe('');
    put(fd);
    waker.acknowledge();
    expect(take(waker.readFd)).toBe('');
    waker.close();
  });

  it.runIf(process.platform === 'linux')(
    'is left to the next wait where wake-ups do not end',
    () => {
      const waker = createHandleWaker();
      // It can always be read, as a pipe can whose writers are as fast as its reader.
      const endless = opened.keep(openSync('/dev/zero', 'r'));
      const { O_CLOEXEC } = raw.constants;
      expect(raw.dup3(endless, waker.readFd, O_CLOEXEC as number)).toBe(waker.readFd);
      waker.acknowledge();
      waker.close();
    },
  );
});
