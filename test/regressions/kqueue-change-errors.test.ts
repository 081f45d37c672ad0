// Trap 28: errors of changes on kqueue. Without EV_RECEIPT the first error ends up in
// the place of an event, or as the result of a wait, and which change it was is lost.
// Here each change has its own result, and the call that asked is told.
//
// Without the guard (EV_RECEIPT in Change, native/poll/kqueue_poller.h) each add fails with
// EIO, as its result is missing; with the results not looked at (KqueueUpdate in
// kqueue_poller.cc) what cannot be waited for is taken.
import { closeSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { native } from '../../lib/binding/index.js';
import { createPoller, Interest, Ready } from '../../lib/poller/index.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { eachWithPoller, found } from '../poller/support.js';
import { put } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { onLibkqueue } from '../support/libkqueue.js';

const BOTH = Interest.READ | Interest.WRITE;
const NEVER_OPEN = 2 ** 31 - 1;
const NONE = -1;

function openOrNone(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}

describe.runIf(raw.supported.kqueue)('a change that fails', () => {
  guardDescriptors();
  const opened = new Opened();
  const test = eachWithPoller(() => createPoller('kqueue'));
  const failing = (code: string) => expect.objectContaining({ code, syscall: 'kevent' });

  it('is told to the call that asked for it, and to no wait', () => {
    expect(() => test.poller.add(NEVER_OPEN, BOTH, 1)).toThrow(failing('EBADF'));
    const file = openSync(import.meta.filename, 'r');
    expect(() => test.poller.add(file, BOTH, 1)).toThrow(failing('EPERM'));
    closeSync(file);
    expect(() => test.poller.modify(NEVER_OPEN, BOTH, 1)).toThrow(failing('EBADF'));
    expect(test.poller.delete(NEVER_OPEN)).toBe(false);
    expect(found(test.poller)).toEqual(new Map());
  });

  it('in the kernel alone is told as well: what was taken is there, and nothing else', () => {
    // Some kernels can wait for these, others cannot.
    for (const path of ['/dev/null', '/dev/zero', '/dev/tty']) {
      const fd = openOrNone(path);
      if (fd === undefined) continue;
      let taken = true;
      try {
        test.poller.add(fd, Interest.READ, 1);
      } catch (error) {
        expect(error).toBeInstanceOf(raw.SystemError);
        taken = false;
      }
      if (onLibkqueue && path === '/dev/null') expect(taken).toBe(false);
      expect(test.poller.delete(fd)).toBe(taken);
      closeSync(fd);
    }
  });

  it('leaves nothing behind: the same descriptor may be added again', () => {
    const [left, right] = opened.pair();
    put(right);
    expect(() => test.poller.add(left, 0x1000 as number, 1)).toThrow(RangeError);
    if (!test.poller.supports.priority) {
      const withPriority = BOTH | Interest.PRIORITY;
      expect(() => test.poller.add(left, withPriority, 1)).toThrow(failing('ENOTSUP'));
    }
    expect(found(test.poller)).toEqual(new Map());
    test.poller.add(left, BOTH, 2);
    expect(found(test.poller)).toEqual(new Map([[2, Ready.READ | Ready.WRITE]]));
  });

  it('among others that do not is told apart from them', () => {
    const kq = opened.keep(raw.kqueue());
    const [fd] = opened.pair();
    const update = (before: number, interest: number) =>
      native.kqueueUpdate(kq, fd, before, interest, 1);
    // Nothing is there to be replaced: that is told, though the new filters fit.
    expect(update(BOTH, Interest.READ)).toBe(-constant('ENOENT'));
    expect(native.kqueueHas(kq, fd, Interest.READ, 1)).toBe(0);
    expect(update(NONE, Interest.READ)).toBe(0);
    // One of the two to delete is not there; the other is, and so are the new ones.
    expect(update(BOTH, BOTH)).toBe(0);
    expect(native.kqueueHas(kq, fd, Interest.WRITE, 1)).toBe(1);
    expect(update(BOTH, NONE)).toBe(0);
    expect(update(BOTH, NONE)).toBe(-constant('ENOENT'));
  });
});
