// Input of many streams, read into one slab by one call: each record says what its
// stream had, and nothing is read that is not asked for.
import { describe, expect, it } from 'vitest';
import { NOT_READ } from '../../lib/loop/layout.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { detach, pattern, put, textOf } from '../support/bytes.js';
import { deviates, usedBackend } from '../support/libkqueue.js';
import { Batch, type Stream } from './stream-batch-support.js';

describe('a batched read', () => {
  it('reads each ready stream once', () => {
    const batch = new Batch();
    const streams = batch.openMany(5);
    streams.forEach((stream, i) => {
      put(stream.peer, `message ${i}`);
    });
    const { count, filled } = batch.fill();
    expect([count, filled]).toEqual([5, 5]);
    streams.forEach((stream, i) => {
      const index = batch.indexOf(stream, count);
      expect(batch.streams.result(index)).toBe(9);
      expect(textOf(batch.streams.chunk(index))).toBe(`message ${i}`);
    });
  });

  it('leaves what one read does not take for the next wait', () => {
    const batch = new Batch();
    const stream = batch.open();
    const bytes = pattern(100_000);
    expect(raw.write(stream.peer, bytes)).toBe(100_000);
    const parts: Uint8Array[] = [];
    for (let { count } = batch.fill(); count > 0; { count } = batch.fill()) {
      const chunk = batch.streams.chunk(0);
      expect(chunk.length).toBeLessThanOrEqual(65536);
      parts.push(chunk.slice());
    }
    expect(parts.length).toBeGreaterThan(1);
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  });

  it('stops where the slab has no room for one more, and goes on from there', () => {
    const batch = new Batch(65536);
    const streams = batch.openMany(3);
    for (const stream of streams) put(stream.peer, 'some');
    const { count, filled } = batch.fill();
    expect([count, filled]).toEqual([3, 1]);
    expect(textOf(batch.streams.chunk(0))).toBe('some');
    expect(batch.streams.fill(batch, filled, count)).toBe(2);
    expect(textOf(batch.streams.chunk(1))).toBe('some');
    expect(batch.streams.fill(batch, 2, count)).toBe(3);
    expect(textOf(batch.streams.chunk(2))).toBe('some');
  });

  it.skipIf(deviates(usedBackend, 'errorTaken'))(
    'reports the end as 0 and an error as its errno',
    () => {
      const batch = new Batch();
      const [ended, reset] = batch.openMany(2) as [Stream, Stream];
      raw.shutdown(ended.peer, constant('SHUT_WR'));
      // Closed with bytes unread: for a Unix stream socket that is a reset.
      put(reset.fd, 'unread');
      raw.close(reset.peer);
      const { count } = batch.fill();
      expect(batch.streams.result(batch.indexOf(ended, count))).toBe(0);
      expect(batch.streams.result(batch.indexOf(reset, count))).toBe(-constant('ECONNRESET'));
    },
  );

  it('does not read for a slot that reads nothing, nor for a stale record', () => {
    const batch = new Batch();
    const [paused, stale, read] = batch.openMany(3) as [Stream, Stream, Stream];
    for (const { peer } of [paused, stale, read]) put(peer, 'text');
    const { count } = batch.fill();
    for (const { peer } of [paused, stale, read]) put(peer, 'more');
    batch.table.setReadFd(paused.slot, -1);
    const handle = batch.table.handles[stale.slot];
    batch.table.release(stale.slot);
    if (handle !== undefined) batch.table.allocate(handle);
    batch.table.setReadFd(stale.slot, stale.fd);
    expect(batch.streams.fill(batch, 0, count)).toBe(3);
    expect(batch.streams.result(batch.indexOf(paused, count))).toBe(NOT_READ);
    expect(batch.streams.result(batch.indexOf(stale, count))).toBe(NOT_READ);
    expect(textOf(batch.streams.chunk(batch.indexOf(read, count)))).toBe('more');
    expect(raw.read(paused.fd, new Uint8Array(9))).toBe(4);
    expect(raw.read(stale.fd, new Uint8Array(9))).toBe(4);
  });

  it('reads nothing while there are no readers', () => {
    const batch = new Batch();
    const stream = batch.open();
    put(stream.peer, 'text');
    batch.streams.readers = 0;
    const { count, filled } = batch.fill();
    expect([count, filled]).toEqual([1, 1]);
    expect(batch.streams.result(0)).toBe(NOT_READ);
  });

  it('gives the same view again for a chunk of the same length and place', () => {
    const batch = new Batch();
    const stream = batch.open();
    put(stream.peer, 'aaaa');
    batch.fill();
    const first = batch.streams.chunk(0);
    put(stream.peer, 'bbbb');
    batch.fill();
    expect(batch.streams.chunk(0)).toBe(first);
    expect(textOf(first)).toBe('bbbb');
    put(stream.peer, 'cc');
    batch.fill();
    expect(textOf(batch.streams.chunk(0))).toBe('cc');
  });

  it('takes new memory when somebody detached the old', () => {
    const batch = new Batch();
    const stream = batch.open();
    put(stream.peer, 'before');
    batch.fill();
    detach(batch.streams.chunk(0));
    put(stream.peer, 'after');
    batch.fill();
    expect(textOf(batch.streams.chunk(0))).toBe('after');
  });
});
