// Trap 29: kqueue has a record for each filter, so two for a descriptor that is waited
// for in both directions. The contract has one, with all its bits.
//
// Without the guards (native/poll/kqueue_wait.cc): with Merger::Find never finding, a token
// stands in two records; without CompleteHalves, a record of a full list has one bit
// of two; without DisableOtherHalf, a oneshot is told twice.
import { describe, expect, it } from 'vitest';
import { createPoller, Interest, Ready, ReadyList } from '../../lib/poller/index.js';
import * as raw from '../../lib/raw/index.js';
import { eachWithPoller, found } from '../poller/support.js';
import { put } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { deviates } from '../support/libkqueue.js';

const BOTH = Interest.READ | Interest.WRITE;

describe.runIf(raw.supported.kqueue)('a descriptor in both directions', () => {
  guardDescriptors();
  const opened = new Opened();
  const test = eachWithPoller(() => createPoller('checked:kqueue'));

  /** `count` sockets that are readable and writable, with tokens from 0. */
  function addReady(count: number, mode = 0): number[] {
    return Array.from({ length: count }, (_, token) => {
      const [left, right] = opened.pair();
      put(right);
      test.poller.add(left, BOTH | mode, token);
      return left;
    });
  }

  it.each([1, 2, 7, 300])('has one record among %i that are all ready', (count) => {
    addReady(count);
    const events = found(test.poller, 0, count + 1);
    expect(events.size).toBe(deviates('kqueue', 'fewAtOnce') ? Math.min(count, 256) : count);
    expect(new Set(events.values())).toEqual(new Set([BOTH]));
  });

  it.each([1, 2, 5])('has all its bits in a list of %i that is too short for all', (capacity) => {
    addReady(9);
    const seen = new Set<number>();
    for (let round = 0; round < 40; round++) {
      for (const [token, bits] of found(test.poller, 0, capacity)) {
        expect(bits).toBe(BOTH);
        seen.add(token);
      }
    }
    expect(seen.size).toBe(9);
  });

  it.skipIf(deviates('kqueue', 'edgesLost'))(
    'has its edges told once each, however short the list',
    () => {
      addReady(6, Interest.EDGE);
      const seen = new Map<number, number>();
      const ready = new ReadyList(2);
      for (let n = test.poller.wait(ready, 0); n > 0; n = test.poller.wait(ready, 0)) {
        for (let i = 0; i < n; i++) {
          const before = seen.get(ready.token(i)) ?? 0;
          expect(before & ready.events(i)).toBe(0);
          seen.set(ready.token(i), before | ready.events(i));
        }
      }
      expect([...seen.values()]).toEqual(Array(6).fill(Ready.READ | Ready.WRITE));
    },
  );

  it('as a oneshot is told once for both, however short the list', () => {
    const fds = addReady(4, Interest.ONESHOT);
    const told: number[] = [];
    for (let round = 0; round < 20; round++) told.push(...found(test.poller, 0, 1).keys());
    expect(told.sort()).toEqual([0, 1, 2, 3]);
    test.poller.modify(fds[2] as number, BOTH | Interest.ONESHOT, 9);
    expect(found(test.poller)).toEqual(new Map([[9, BOTH]]));
  });

  it('that goes to one direction has that one only', () => {
    const [fd] = addReady(1) as [number];
    test.poller.modify(fd, Interest.WRITE, 3);
    expect(found(test.poller)).toEqual(new Map([[3, Ready.WRITE]]));
    test.poller.modify(fd, Interest.READ, 4);
    expect(found(test.poller)).toEqual(new Map([[4, Ready.READ]]));
    test.poller.delete(fd);
    expect(found(test.poller)).toEqual(new Map());
  });
});
