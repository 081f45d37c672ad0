// The poller contract, first part: what is reported, and how often.
import { describe, expect, it } from 'vitest';
import { Interest, Ready } from '../../lib/poller/index.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { bytesOf, fill, put, take } from '../support/bytes.js';
import { Opened } from '../support/descriptors.js';
import { eachWithPoller, found, type OpenPoller } from './support.js';

const NOTHING = new Map<number, number>();

export function conditionsContract(open: OpenPoller): void {
  const opened = new Opened();
  const test = eachWithPoller(open);

  describe('a condition', () => {
    it('is reported by each wait for as long as it holds', () => {
      const [readEnd, writeEnd] = opened.pipe();
      test.poller.add(readEnd, { read: true }, 7);
      expect(found(test.poller)).toEqual(NOTHING);
      put(writeEnd);
      expect(found(test.poller)).toEqual(new Map([[7, Ready.READ]]));
      expect(found(test.poller)).toEqual(new Map([[7, Ready.READ]]));
      take(readEnd);
      expect(found(test.poller)).toEqual(NOTHING);
    });

    it('stands with all others of its descriptor in one record', () => {
      const [left, right] = opened.pair();
      put(right);
      test.poller.add(left, { read: true, write: true }, 1);
      expect(found(test.poller)).toEqual(new Map([[1, Ready.READ | Ready.WRITE]]));
      expect(found(test.poller, 0, 1)).toEqual(new Map([[1, Ready.READ | Ready.WRITE]]));
    });

    it('that was not asked for is not reported', () => {
      const [left, right] = opened.pair();
      put(right);
      test.poller.add(left, { write: true }, 1);
      expect(found(test.poller)).toEqual(new Map([[1, Ready.WRITE]]));
      test.poller.modify(left, { read: true }, 1);
      expect(found(test.poller)).toEqual(new Map([[1, Ready.READ]]));
    });

    it('of writing ends when the kernel takes no more', () => {
      const [readEnd, writeEnd] = opened.pipe();
      test.poller.add(writeEnd, Interest.WRITE, 1);
      expect(found(test.poller)).toEqual(new Map([[1, Ready.WRITE]]));
      fill(writeEnd);
      expect(found(test.poller)).toEqual(NOTHING);
      take(readEnd);
      expect(found(test.poller)).toEqual(new Map([[1, Ready.WRITE]]));
    });

    it('of priority is out-of-band data', () => {
      const [client, accepted] = opened.tcpPair();
      if (!test.poller.supports.priority) {
        expect(() => test.poller.add(accepted, { priority: true }, 3)).toThrow(
          expect.objectContaining({ code: 'ENOTSUP' }),
        );
        return;
      }
      test.poller.add(accepted, { priority: true }, 3);
      put(client, 'in band');
      expect(found(test.poller)).toEqual(NOTHING);
      expect(raw.send(client, bytesOf('!'), 0, 1, constant('MSG_OOB'))).toBe(1);
      expect(found(test.poller, -1)).toEqual(new Map([[3, Ready.PRIORITY]]));
    });
  });

  describe('error and hangup', () => {
    it('are reported whatever was asked for', () => {
      const [readEnd, writeEnd] = opened.pipe();
      const [otherRead, otherWrite] = opened.pipe();
      const { unasked } = test.poller.supports;
      test.poller.add(readEnd, unasked ? Interest.PRIORITY : Interest.READ, 1);
      if (unasked) test.poller.add(otherWrite, Interest.PRIORITY, 2);
      expect(found(test.poller)).toEqual(NOTHING);
      if (!unasked) test.poller.add(otherWrite, Interest.WRITE, 2);
      opened.close(writeEnd, otherRead);
      expect(found(test.poller)).toEqual(
        new Map([
          [1, Ready.HANGUP],
          [2, unasked ? Ready.ERROR : Ready.ERROR | Ready.WRITE],
        ]),
      );
    });

    it('are reported with no interest at all, where that is supported', () => {
      const [readEnd, writeEnd] = opened.pipe();
      test.poller.add(readEnd, 0, 1);
      put(writeEnd);
      expect(found(test.poller)).toEqual(NOTHING);
      opened.close(writeEnd);
      const { unasked } = test.poller.supports;
      expect(found(test.poller)).toEqual(unasked ? new Map([[1, Ready.HANGUP]]) : NOTHING);
      test.poller.modify(readEnd, Interest.READ, 1);
      expect(found(test.poller)).toEqual(new Map([[1, Ready.READ | Ready.HANGUP]]));
    });

    it('come along with what can still be read', () => {
      const [readEnd, writeEnd] = opened.pipe();
      test.poller.add(readEnd, Interest.READ, 1);
      put(writeEnd, 'last');
      opened.close(writeEnd);
      expect(found(test.poller)).toEqual(new Map([[1, Ready.READ | Ready.HANGUP]]));
      expect(take(readEnd)).toBe('last');
    });
  });

  describe('an edge', () => {
    it('is reported once for each change', () => {
      const [readEnd, writeEnd] = opened.pipe();
      test.poller.add(readEnd, { read: true, edge: true }, 1);
      put(writeEnd);
      expect(found(test.poller)).toEqual(new Map([[1, Ready.READ]]));
      expect(found(test.poller)).toEqual(NOTHING);
      put(writeEnd);
      expect(found(test.poller)).toEqual(new Map([[1, Ready.READ]]));
      expect(found(test.poller)).toEqual(NOTHING);
    });

    it('is reported at once when the condition holds already', () => {
      const [readEnd, writeEnd] = opened.pipe();
      put(writeEnd);
      test.poller.add(readEnd, Interest.READ | Interest.EDGE, 1);
      expect(found(test.poller).size).toBe(1);
      expect(found(test.poller).size).toBe(0);
    });

    it('is reported again after modify, for what was left unread', () => {
      const [readEnd, writeEnd] = opened.pipe();
      test.poller.add(readEnd, Interest.READ | Interest.EDGE, 1);
      put(writeEnd, 'two');
      expect(found(test.poller).size).toBe(1);
      raw.read(readEnd, new Uint8Array(1));
      expect(found(test.poller).size).toBe(0);
      test.poller.modify(readEnd, Interest.READ | Interest.EDGE, 1);
      expect(found(test.poller).size).toBe(1);
    });
  });

  describe('a oneshot', () => {
    it('is reported once, and again after modify', () => {
      const [fd, writeEnd] = opened.pipe();
      put(writeEnd);
      test.poller.add(fd, { read: true, oneshot: true }, 1);
      expect(found(test.poller)).toEqual(new Map([[1, Ready.READ]]));
      expect(found(test.poller)).toEqual(NOTHING);
      put(writeEnd);
      expect(found(test.poller)).toEqual(NOTHING);
      test.poller.modify(fd, { read: true, oneshot: true }, 2);
      expect(found(test.poller)).toEqual(new Map([[2, Ready.READ]]));
      expect(found(test.poller)).toEqual(NOTHING);
    });

    it('of two conditions is reported once, with those that hold', () => {
      const [left, right] = opened.pair();
      const both = Interest.READ | Interest.WRITE | Interest.ONESHOT;
      test.poller.add(left, both, 1);
      expect(found(test.poller)).toEqual(new Map([[1, Ready.WRITE]]));
      put(right);
      expect(found(test.poller)).toEqual(NOTHING);
      test.poller.modify(left, both, 1);
      expect(found(test.poller, 0, 1)).toEqual(new Map([[1, Ready.READ | Ready.WRITE]]));
      expect(found(test.poller)).toEqual(NOTHING);
    });

    it('reports not even a hangup before modify', () => {
      const [readEnd, writeEnd] = opened.pipe();
      put(writeEnd);
      test.poller.add(readEnd, Interest.READ | Interest.ONESHOT, 1);
      expect(found(test.poller).size).toBe(1);
      opened.close(writeEnd);
      expect(found(test.poller)).toEqual(NOTHING);
      test.poller.modify(readEnd, Interest.READ | Interest.ONESHOT, 1);
      expect(found(test.poller)).toEqual(new Map([[1, Ready.READ | Ready.HANGUP]]));
    });
  });

  it('an exclusive interest is reported like another; where it is one, it cannot be modified', () => {
    const fd = opened.eventfd(1);
    test.poller.add(fd, { read: true, exclusive: true }, 1);
    expect(found(test.poller)).toEqual(new Map([[1, Ready.READ]]));
    if (test.poller.supports.exclusive) {
      expect(() => test.poller.modify(fd, Interest.READ, 1)).toThrow(
        expect.objectContaining({ code: 'EINVAL' }),
      );
    } else {
      test.poller.modify(fd, Interest.READ, 2);
      expect(found(test.poller)).toEqual(new Map([[2, Ready.READ]]));
    }
    expect(test.poller.delete(fd)).toBe(true);
  });

  it('what it supports beyond that is told', () => {
    const epoll = test.poller.name === 'epoll';
    expect(test.poller.supports).toEqual({
      edge: true,
      oneshot: true,
      priority: epoll || raw.constants['EVFILT_EXCEPT'] !== undefined,
      exclusive: epoll,
      submillisecond: !epoll || raw.supported.epoll_pwait2,
      unasked: epoll,
      vnodes: !epoll,
    });
  });
}
