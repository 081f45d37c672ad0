// Output of many streams, gathered and sent once: bytes keep their order and none
// is lost, however the streams' writes are mixed and however little the kernel takes.
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { bytesOf, newSeed, pattern, randomFrom } from '../support/bytes.js';
import { Batch, received, type Stream } from './stream-batch-support.js';

const OUT_BYTES = 262144;
const MAX_RECORDS = 4096;

describe('gathered output', () => {
  it('goes out with the flush, not before', () => {
    const batch = new Batch();
    const stream = batch.open();
    batch.gather(stream, bytesOf('one '));
    batch.gather(stream, bytesOf('two'));
    expect(received(stream)).toHaveLength(0);
    expect(batch.streams.isPending(stream.slot)).toBe(true);
    batch.flush();
    expect(received(stream).toString()).toBe('one two');
    expect(batch.streams.isPending(stream.slot)).toBe(false);
    expect(batch.unsent).toEqual([]);
  });

  it('is a copy: the memory may be used again at once', () => {
    const batch = new Batch();
    const stream = batch.open();
    const bytes = bytesOf('first');
    batch.gather(stream, bytes);
    bytes.fill(0);
    batch.flush();
    expect(received(stream).toString()).toBe('first');
  });

  it('is text as UTF-8, and tells how many bytes that is', () => {
    const batch = new Batch();
    const stream = batch.open();
    const text = 'häß \u{1f600} \u0000 €';
    const length = batch.streams.gatherText(stream.slot, stream.fd, text, text.length * 3, 'utf8');
    expect(length).toBe(Buffer.byteLength(text));
    expect(batch.streams.isPending(stream.slot)).toBe(true);
    batch.flush();
    expect(received(stream).toString()).toBe(text);
  });

  it('of several streams keeps the order of each when their writes are mixed', () => {
    const batch = new Batch();
    const streams = batch.openMany(3);
    for (let i = 0; i < 30; i++) batch.gather(streams[i % 3] as Stream, bytesOf(`${i},`));
    batch.flush();
    streams.forEach((stream, which) => {
      const numbers = Array.from({ length: 10 }, (_, i) => `${i * 3 + which},`);
      expect(received(stream).toString()).toBe(numbers.join(''));
    });
  });

  it('may be a chain longer than one sendmsg takes', () => {
    const batch = new Batch();
    const [a, b] = batch.openMany(2) as [Stream, Stream];
    let expected = '';
    for (let i = 0; i < 500; i++) {
      batch.gather(a, bytesOf(`${i};`));
      batch.gather(b, bytesOf('.'));
      expected += `${i};`;
    }
    batch.flush();
    expect(received(a).toString()).toBe(expected);
    expect(received(b).toString()).toBe('.'.repeat(500));
  });

  it('has room for so many bytes and so many records', () => {
    const batch = new Batch();
    const [a, b] = batch.openMany(2) as [Stream, Stream];
    expect(batch.streams.hasRoom(OUT_BYTES)).toBe(true);
    expect(batch.streams.hasRoom(OUT_BYTES + 1)).toBe(false);
    batch.gather(a, pattern(4096));
    expect(batch.streams.hasRoom(OUT_BYTES - 4096)).toBe(true);
    expect(batch.streams.hasRoom(OUT_BYTES - 4095)).toBe(false);
    for (let i = 1; i < MAX_RECORDS; i++) batch.gather(i % 2 === 0 ? a : b, bytesOf('x'));
    expect(batch.streams.hasRoom(1)).toBe(false);
    batch.flush();
    expect(batch.streams.hasRoom(OUT_BYTES)).toBe(true);
  });

  it('that the kernel does not take is handed back, exactly what was not sent', () => {
    const batch = new Batch();
    const streams = batch.openMany(2) as [Stream, Stream];
    const [small, other] = streams;
    raw.setsockopt(small.fd, constant('SOL_SOCKET'), constant('SO_SNDBUF'), 4608);
    const bytes = pattern(60_000);
    for (let at = 0; at < bytes.length; at += 3000) {
      batch.gather(small, bytes.subarray(at, at + 3000));
      batch.gather(other, bytesOf('ok'));
    }
    batch.flush();
    expect(batch.unsent).toHaveLength(1);
    const { slot, sent, rest } = batch.unsent[0] as (typeof batch.unsent)[0];
    expect(slot).toBe(small.slot);
    expect(sent).toBeGreaterThan(0);
    expect(Buffer.concat([received(small), rest]).equals(bytes)).toBe(true);
    expect(rest.length).toBe(bytes.length - sent);
    expect(received(other).toString()).toBe('ok'.repeat(20));
    expect(batch.streams.isPending(small.slot)).toBe(false);
  });

  it('to a peer that is gone is handed back with the errno, and the others are served', () => {
    const batch = new Batch();
    const [gone, other] = batch.openMany(2) as [Stream, Stream];
    raw.close(gone.peer);
    batch.gather(gone, bytesOf('lost'));
    batch.gather(other, bytesOf('here'));
    batch.flush();
    expect(batch.unsent).toMatchObject([{ slot: gone.slot, sent: -constant('EPIPE') }]);
    expect(received(other).toString()).toBe('here');
  });

  it('of a stream without room at all is handed back whole', () => {
    const batch = new Batch();
    const stream = batch.open();
    const filler = new Uint8Array(65536);
    while (raw.write(stream.fd, filler) > 0);
    while (raw.write(stream.fd, bytesOf('x')) > 0);
    batch.gather(stream, bytesOf('later'));
    batch.flush();
    expect(batch.unsent).toMatchObject([{ sent: -constant('EAGAIN') }]);
    expect(Buffer.from(batch.unsent[0]?.rest ?? []).toString()).toBe('later');
  });

  it('may be flushed when there is none', () => {
    const batch = new Batch();
    batch.flush();
    const stream = batch.open();
    batch.flush();
    expect(received(stream)).toHaveLength(0);
  });

  it('agrees with a list of bytes for each stream over random writes', () => {
    const seed = newSeed();
    const random = randomFrom(seed);
    const batch = new Batch();
    const streams = batch.openMany(5);
    const sent = streams.map(() => [] as Uint8Array[]);
    const got = streams.map(() => [] as Buffer[]);
    for (let i = 0; i < 5000; i++) {
      const which = random(5);
      const bytes = pattern(1 + random(random(4) === 0 ? 4096 : 40), i);
      if (!batch.streams.hasRoom(bytes.length)) batch.flush();
      batch.gather(streams[which] as Stream, bytes);
      sent[which]?.push(bytes);
      if (random(20) > 0) continue;
      batch.flush();
      streams.forEach((stream, j) => {
        got[j]?.push(received(stream));
      });
    }
    batch.flush();
    expect(batch.unsent, `RAWLOOP_SEED=${seed}`).toEqual([]);
    streams.forEach((stream, j) => {
      got[j]?.push(received(stream));
      const all = Buffer.concat(got[j] as Buffer[]);
      expect(all.equals(Buffer.concat(sent[j] as Uint8Array[])), `RAWLOOP_SEED=${seed}`).toBe(true);
    });
  });
});
