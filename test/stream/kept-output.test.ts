// `write(bytes, { copy: false })`: what the kernel does not take at once waits in the memory of who wrote
// it. All of it arrives, in its place; the memory stays the caller's, and may be taken away.
//
// Each guard was taken out once: without the look at GONE in `sendQueue` (lib/stream/sending.ts) nothing
// is sent for ever; without `!block.isKept` (lib/stream/queue.ts) others' output is written into the
// caller's bytes; without `#change` in PartedQueue what is kept behind a file counts for nothing.
import { describe, expect, it } from 'vitest';
import { relay } from '../../lib/relay/index.js';
import { detach, pattern, resizable } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { type Ends, fillUp, KEPT, MUCH, Pair } from './kept-support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();
const MARK = 7;

const KINDS: [kind: string, open: () => Ends][] = [
  ['a TCP connection', () => opened.tcpPair()],
  ['a Unix socket', () => opened.pair()],
  ['a pipe', () => opened.pipe().reverse() as Ends],
  ['a pipe whose open file blocks', () => opened.pipe(0).reverse() as Ends],
];

describe.each(DRIVE_MODES)('bytes that are not copied, %s', (mode) => {
  describe.each(KINDS)('by %s', (_kind, open) => {
    it('arrive whole and in order, whatever is written in between', async () => {
      const pair = new Pair(test.loop, open());
      const pieces = [fillUp(pair)];
      for (let i = 0; i < 60; i++) {
        const piece = pattern([65_536, 100, 20_000, 65_536, 40_000, 3][i % 6] as number, i);
        pieces.push(piece);
        pair.writer.write(piece, i % 6 === 4 ? undefined : KEPT);
      }
      expect(pair.writer.heldBytes).toBeGreaterThan(100_000);
      pair.read();
      const last = pattern(500_000, 99);
      pair.writer.end(last, KEPT);
      await drive(test.loop, mode);
      expect(pair.bytes.equals(Buffer.concat([...pieces, last]))).toBe(true);
      expect([pair.writer.heldBytes, test.loop.output.heldBytes]).toEqual([0, 0]);
    });

    it('are the caller’s own, until drain', async () => {
      const pair = new Pair(test.loop, open());
      const bytes = pattern(MUCH);
      const isDrained = pair.writer.write(bytes, KEPT);
      const copied = pattern(50_000);
      pair.writer.write(copied);
      expect(isDrained).toBe(false);
      bytes.fill(MARK, MUCH - 1000);
      copied.fill(MARK);
      pair.read();
      const drained = pair.writer.drained.then(() => {
        bytes.fill(0);
        pair.writer.end();
      });
      await drive(test.loop, mode);
      await drained;
      const expected = Buffer.concat([pattern(MUCH), pattern(50_000)]).fill(
        MARK,
        MUCH - 1000,
        MUCH,
      );
      expect(pair.bytes.equals(expected)).toBe(true);
    });

    it('are missed where their memory is detached', async () => {
      const pair = new Pair(test.loop, open());
      const before = fillUp(pair);
      const bytes = pattern(200_000);
      pair.writer.write(bytes, KEPT);
      pair.writer.write('behind it');
      const drained = pair.writer.drained.catch((error: { code: string }) => error.code);
      detach(bytes);
      expect(pair.writer.bufferedBytes).toBeGreaterThan(200_000);
      pair.read();
      await drive(test.loop, mode);
      expect(pair.codes).toEqual(['ERR_STREAM_OUTPUT_DETACHED']);
      expect(await drained).toBe('ERR_STREAM_OUTPUT_DETACHED');
      // What came before is sent, and nothing in their place.
      expect(pair.bytes.equals(before)).toBe(true);
      expect([pair.writer.heldBytes, test.loop.output.heldBytes]).toEqual([0, 0]);
    });

    it('are missed where they are detached after some were sent', async () => {
      const pair = new Pair(test.loop, open());
      const bytes = pattern(MUCH);
      pair.writer.end(bytes, KEPT);
      detach(bytes);
      pair.read();
      await drive(test.loop, mode);
      expect(pair.codes).toEqual(['ERR_STREAM_OUTPUT_DETACHED']);
      expect(pair.bytes.equals(pattern(MUCH).subarray(0, pair.bytes.length))).toBe(true);
    });
  });

  it('are never memory that others’ output waits in', async () => {
    const pair = new Pair(test.loop, opened.pair());
    const before = fillUp(pair);
    // As long as a block that is used again.
    const bytes = pattern(65_536);
    pair.writer.write(bytes, KEPT);
    pair.writer.end();
    pair.read();
    await drive(test.loop, mode);
    expect(pair.bytes.equals(Buffer.concat([before, pattern(65_536)]))).toBe(true);
    const other = new Pair(test.loop, opened.pair());
    fillUp(other);
    for (let i = 0; i < 4; i++) other.writer.write(new Uint8Array(60_000).fill(MARK));
    expect(Buffer.from(bytes).equals(pattern(65_536))).toBe(true);
    other.writer.destroy();
    await drive(test.loop, mode);
  });

  it('of a buffer that is made smaller are missed, larger sent as they were', async () => {
    const smaller = new Pair(test.loop, opened.pair());
    fillUp(smaller);
    const shrunk = resizable(100_000);
    smaller.writer.write(new Uint8Array(shrunk, 50_000), KEPT);
    shrunk.resize(60_000);
    const larger = new Pair(test.loop, opened.pair());
    const before = fillUp(larger);
    const grown = resizable(100_000);
    const tracking = new Uint8Array(grown);
    tracking.set(pattern(100_000));
    larger.writer.write(tracking, KEPT);
    grown.resize(150_000);
    larger.writer.end();
    for (const pair of [smaller, larger]) pair.read();
    await drive(test.loop, mode);
    expect([smaller.codes, larger.codes]).toEqual([['ERR_STREAM_OUTPUT_DETACHED'], [undefined]]);
    expect(larger.bytes.equals(Buffer.concat([before, pattern(100_000)]))).toBe(true);
  });

  it('may be memory that threads share, or a part of other views', async () => {
    const pair = new Pair(test.loop, opened.pair());
    const before = fillUp(pair);
    const shared = new SharedArrayBuffer(50_000);
    new Uint8Array(shared).set(pattern(50_000));
    pair.writer.write(shared, KEPT);
    const words = new DataView(pattern(64_000).buffer, 4000, 40_000);
    pair.writer.write(words, KEPT);
    pair.writer.end();
    pair.read();
    await drive(test.loop, mode);
    const expected = [before, pattern(50_000), pattern(64_000).subarray(4000, 44_000)];
    expect(pair.bytes.equals(Buffer.concat(expected))).toBe(true);
  });

  it('go between descriptors, files and what a relay brings', async () => {
    const { loop } = test;
    const path = `${temporaryFolder()}/file`;
    const [[oneEnd], ours] = [opened.pipe(), opened.pair()];
    const seen: number[] = [];
    const pair = new Pair(test.loop, ours, { maxBufferedBytes: 2 * MUCH });
    const before = fillUp(pair);
    const outcome = (async () => {
      const file = await loop.fs.open(path, 'w+');
      await file.write(pattern(70_000, 1));
      pair.writer.write(pattern(30_000, 2), KEPT);
      pair.writer.write('with one', { fds: [oneEnd], copy: false });
      pair.writer.write(pattern(30_000, 3), KEPT);
      const sent = loop.fs.sendFile(pair.writer, file, { offset: 0 });
      pair.writer.write(pattern(30_000, 4), KEPT);
      pair.read();
      seen.push(await sent);
      await pair.writer.drained;
      await file.close();
      const [near, far] = opened.pair();
      const source = loop.stream(far, {}, {});
      const joint = relay(loop.stream(near, {}, {}), pair.writer);
      pair.writer.write(pattern(30_000, 5), KEPT);
      source.end(pattern(30_000, 6), KEPT);
      await joint.closed;
    })();
    await drive(loop, mode);
    await outcome;
    const parts = [2, 3, 4, 5, 6].map((seed) => pattern(30_000, seed));
    parts.splice(1, 0, new Uint8Array(Buffer.from('with one')));
    parts.splice(3, 0, pattern(70_000, 1));
    expect(pair.bytes.equals(Buffer.concat([before, ...parts]))).toBe(true);
    expect(seen).toEqual([70_000]);
  });
});
