// The poller contract, second part: which descriptors it waits for.
import { closeSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Interest, Ready, ReadyList, type Registration } from '../../lib/poller/index.js';
import type * as raw from '../../lib/raw/index.js';
import { put } from '../support/bytes.js';
import { duplicate, isOpen, Opened } from '../support/descriptors.js';
import { deviates } from '../support/libkqueue.js';
import { eachWithPoller, found, type OpenPoller } from './support.js';

const NEVER_OPEN = 2 ** 31 - 1;
const CALLS: Record<string, string> = { epoll: 'epoll_ctl', kqueue: 'kevent' };
const TOKENS = [0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 52, 2 ** 53 - 2];
const NO_TOKENS = [-1, 1.5, Number.NaN, 2 ** 53 - 1, 2 ** 53, 1e308, Number.POSITIVE_INFINITY];
const NO_NUMBERS = ['1', 1n, null, undefined, {}, [3], true, Symbol('token')];

export function registrationsContract(open: OpenPoller, backend: string): void {
  const opened = new Opened();
  const test = eachWithPoller(open);

  describe('add', () => {
    it('of the same descriptor a second time is EEXIST, and changes nothing', () => {
      const fd = opened.eventfd(1);
      test.poller.add(fd, Interest.READ, 1);
      const again = { code: 'EEXIST', syscall: CALLS[backend], message: /already/ };
      expect(() => test.poller.add(fd, Interest.WRITE, 2)).toThrow(
        expect.objectContaining({ ...again, message: expect.stringMatching(again.message) }),
      );
      expect(found(test.poller)).toEqual(new Map([[1, Ready.READ]]));
    });

    it('of a duplicate is another descriptor', () => {
      const fd = opened.eventfd(1);
      const copy = opened.keep(duplicate(fd));
      test.poller.add(fd, Interest.READ, 1);
      test.poller.add(copy, Interest.READ, 2);
      expect([...found(test.poller).keys()].sort()).toEqual([1, 2]);
    });

    it('of a regular file is EPERM, with a hint at what to do instead', () => {
      const fd = openSync(import.meta.filename, 'r');
      try {
        expect(() => test.poller.add(fd, Interest.READ, 1)).toThrow(
          expect.objectContaining({ code: 'EPERM', message: expect.stringContaining('loop.fs') }),
        );
      } finally {
        closeSync(fd);
      }
    });

    it('of what is not open is EBADF', () => {
      expect(() => test.poller.add(NEVER_OPEN, Interest.READ, 1)).toThrow(
        expect.objectContaining({ code: 'EBADF' }),
      );
    });

    it.skipIf(deviates(backend, 'closedStays'))(
      'of a descriptor that was closed and opened anew works',
      () => {
        const fd = opened.eventfd(1);
        test.poller.add(fd, Interest.READ, 1);
        opened.close(fd);
        expect(opened.eventfd(1)).toBe(fd);
        test.poller.add(fd, Interest.READ, 2);
        expect(found(test.poller)).toEqual(new Map([[2, Ready.READ]]));
      },
    );
  });

  describe('modify', () => {
    it('replaces the interest and the token', () => {
      const [left] = opened.pair();
      test.poller.add(left, Interest.READ, 1);
      test.poller.modify(left, Interest.WRITE, 9);
      expect(found(test.poller)).toEqual(new Map([[9, Ready.WRITE]]));
    });

    it('of what is not here is ENOENT, of what is closed EBADF', () => {
      const fd = opened.eventfd(1);
      expect(() => test.poller.modify(fd, Interest.READ, 1)).toThrow(
        expect.objectContaining({ code: 'ENOENT' }),
      );
      opened.close(fd);
      expect(() => test.poller.modify(fd, Interest.READ, 1)).toThrow(
        expect.objectContaining({ code: 'EBADF' }),
      );
    });
  });

  describe('delete', () => {
    it('ends waiting, and is true', () => {
      const fd = opened.eventfd(1);
      test.poller.add(fd, Interest.READ, 1);
      expect(test.poller.delete(fd)).toBe(true);
      expect(found(test.poller).size).toBe(0);
      expect(isOpen(fd)).toBe(true);
    });

    it('is false for what was never added, or is closed', () => {
      const fd = opened.eventfd(1);
      expect(test.poller.delete(fd)).toBe(false);
      expect(test.poller.delete(NEVER_OPEN)).toBe(false);
      test.poller.add(fd, Interest.READ, 1);
      opened.close(fd);
      if (!deviates(backend, 'closedStays')) expect(test.poller.delete(fd)).toBe(false);
    });

    it('is false when the number is now that of a regular file, or of the poller itself', () => {
      const [readEnd, writeEnd] = opened.pipe();
      test.poller.add(readEnd, Interest.READ, 1);
      opened.close(readEnd, writeEnd);
      const fd = openSync(import.meta.filename, 'r');
      try {
        expect(fd).toBe(readEnd);
        expect(test.poller.delete(fd)).toBe(false);
      } finally {
        closeSync(fd);
      }
      expect(test.poller.delete(test.poller.fd)).toBe(false);
    });
  });

  describe('a token', () => {
    it('comes back as it was given, and in its two halves', () => {
      const ready = new ReadyList(1);
      for (const token of TOKENS) {
        const fd = opened.eventfd(1);
        test.poller.add(fd, Interest.READ, token);
        expect(test.poller.wait(ready, -1)).toBe(1);
        expect(ready.token(0)).toBe(token);
        expect(ready.slot(0) >>> 0).toBe(token % 2 ** 32);
        expect(ready.generation(0)).toBe(Math.floor(token / 2 ** 32));
        test.poller.delete(fd);
      }
    });

    it('is an integer from 0 to 2^53-2, or refused before anything happens', () => {
      const fd = opened.eventfd(1);
      for (const token of NO_TOKENS) {
        expect(() => test.poller.add(fd, Interest.READ, token)).toThrow(RangeError);
        expect(() => test.poller.modify(fd, Interest.READ, token)).toThrow(RangeError);
      }
      for (const token of NO_NUMBERS as unknown[] as number[]) {
        expect(() => test.poller.add(fd, Interest.READ, token)).toThrow(TypeError);
        expect(() => test.poller.modify(fd, Interest.READ, token)).toThrow(TypeError);
      }
      expect(test.poller.delete(fd)).toBe(false);
    });
  });

  describe('rebuild', () => {
    it('starts anew with just the registrations that it is given', () => {
      const [first, second, third] = [opened.eventfd(1), opened.eventfd(1), opened.eventfd(1)];
      test.poller.add(first, Interest.READ, 1);
      test.poller.add(second, Interest.READ, 2);
      const before = test.poller.fd;
      const kept: Registration[] = [
        { fd: second, interest: Interest.READ, token: 2 },
        { fd: third, interest: Interest.READ | Interest.ONESHOT, token: 3 },
      ];
      test.poller.rebuild(kept, (_, error) => expect.unreachable(error.message));
      expect([...found(test.poller).keys()].sort()).toEqual([2, 3]);
      expect([...found(test.poller).keys()]).toEqual([2]);
      expect(isOpen(test.poller.fd)).toBe(true);
      if (test.poller.fd !== before) expect(isOpen(before)).toBe(false);
    });

    it.skipIf(deviates(backend, 'closedStays'))('gets rid of what a duplicate kept alive', () => {
      const fd = opened.eventfd(1);
      const copy = opened.keep(duplicate(fd));
      test.poller.add(fd, Interest.READ, 1);
      opened.close(fd);
      expect(test.poller.delete(fd)).toBe(false);
      // A kqueue waits for descriptors, epoll for the open files behind them.
      expect([...found(test.poller).keys()]).toEqual(backend === 'epoll' ? [1] : []);
      test.poller.rebuild([], () => expect.unreachable());
      expect(found(test.poller).size).toBe(0);
      expect(isOpen(copy)).toBe(true);
    });

    it('tells which it could not keep, and keeps the others', () => {
      const good = opened.eventfd(1);
      const failed: unknown[] = [];
      test.poller.rebuild(
        [
          { fd: NEVER_OPEN, interest: Interest.READ, token: 1 },
          { fd: good, interest: Interest.READ, token: 2 },
        ],
        ({ token }, error) => failed.push([token, (error as raw.SystemError).code]),
      );
      expect(failed).toEqual([[1, 'EBADF']]);
      expect([...found(test.poller).keys()]).toEqual([2]);
    });
  });

  it('close closes its own descriptors and no others, however often', () => {
    const fd = opened.eventfd(1);
    test.poller.add(fd, Interest.READ, 1);
    const own = [test.poller.fd, test.poller.waker.fd];
    test.poller.close();
    test.poller.close();
    expect([fd, ...own].map(isOpen)).toEqual([true, false, false]);
    expect(() => test.poller.add(fd, Interest.READ, 1)).toThrow();
  });

  it('many descriptors are all told apart', () => {
    const tokens = new Map<number, [readEnd: number, writeEnd: number]>();
    for (let token = 0; token < 250; token++) {
      const ends = opened.pipe();
      tokens.set(token, ends);
      test.poller.add(ends[0], Interest.READ, token);
    }
    for (const [token, ends] of tokens) if (token % 3 === 0) put(ends[1]);
    const expected = [...tokens.keys()].filter((token) => token % 3 === 0);
    const tokensFound = [...found(test.poller, 0, 1024).keys()];
    expect(tokensFound.sort((a, b) => a - b)).toEqual(expected);
  });
}
