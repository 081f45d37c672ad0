// `write(bytes, { copy: false })`: what the kernel does not take at once waits in the memory of who wrote
// it. All of it arrives, in its place; the memory stays the caller's, is counted, and may be taken away.
//
// Each guard was taken out once: without the look at GONE in `sendQueue` (lib/stream/sending.ts) nothing
// is sent for ever; without `!block.isKept` (lib/stream/queue.ts) others' output is written into the
// caller's bytes; with `keeps` of BY_REQUESTS (lib/stream/transfer.ts) nor does a file come to its end;
// without `rest.length < LEAST_KEPT` (lib/stream/output.ts) the end of a piece is not the caller's
// again; without `#change` in PartedQueue what is kept behind a file counts for nothing.
import { describe, expect, it } from 'vitest';
import type { DescriptorStream } from '../../lib/descriptor/stream.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { relay } from '../../lib/relay/index.js';
import type { Handlers } from '../../lib/stream/handlers.js';
import { detach, pattern, resizable } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();

const KEPT = { copy: false } as const;
/** More than any of them takes at once. */
const MUCH = 6_000_000;
const MARK = 7;

/** One way each: where it is written, and where it is read. */
type Ends = [writer: number, reader: number];
const KINDS: [kind: string, open: () => Ends][] = [
  ['a TCP connection', () => opened.tcpPair()],
  ['a Unix socket', () => opened.pair()],
  ['a pipe', () => opened.pipe().reverse() as Ends],
  ['a pipe whose open file blocks', () => opened.pipe(0).reverse() as Ends],
];

type Options = Parameters<typeof test.loop.stream>[1];

class Pair {
  readonly writer: DescriptorStream;
  readonly #reader: DescriptorStream;
  readonly #chunks: Buffer[] = [];
  /** What `close` of the writer was told. */
  readonly codes: unknown[] = [];

  /** Nothing is read until `read`. */
  constructor([writer, reader]: Ends, options: Options = {}, handlers: Handlers<never> = {}) {
    this.writer = test.loop.stream(
      writer,
      { highWaterMark: 1000, ...options },
      {
        ...handlers,
        close: (_, error) => {
          this.codes.push((error as { code?: string } | undefined)?.code);
          this.#reader.resume();
        },
      },
    );
    this.#reader = test.loop.stream(
      reader,
      {},
      {
        data: (_, chunk) => void this.#chunks.push(Buffer.from(chunk)),
      },
    );
    this.#reader.pause();
  }

  read(): void {
    this.#reader.resume();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

/** Writes until something waits; what was written. */
function fillUp({ writer }: Pair): Uint8Array {
  const bytes = pattern(MUCH);
  writer.write(bytes);
  expect(writer.bufferedBytes).toBeGreaterThan(100_000);
  return bytes;
}

describe.each(DRIVE_MODES)('bytes that are not copied, %s', (mode) => {
  describe.each(KINDS)('by %s', (_kind, open) => {
    it('arrive whole and in order, whatever is written in between', async () => {
      const pair = new Pair(open());
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
      const pair = new Pair(open());
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
      const pair = new Pair(open());
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
      const pair = new Pair(open());
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
    const pair = new Pair(opened.pair());
    const before = fillUp(pair);
    // As long as a block that is used again.
    const bytes = pattern(65_536);
    pair.writer.write(bytes, KEPT);
    pair.writer.end();
    pair.read();
    await drive(test.loop, mode);
    expect(pair.bytes.equals(Buffer.concat([before, pattern(65_536)]))).toBe(true);
    const other = new Pair(opened.pair());
    fillUp(other);
    for (let i = 0; i < 4; i++) other.writer.write(new Uint8Array(60_000).fill(MARK));
    expect(Buffer.from(bytes).equals(pattern(65_536))).toBe(true);
    other.writer.destroy();
    await drive(test.loop, mode);
  });

  it('of a buffer that is made smaller are missed, larger sent as they were', async () => {
    const smaller = new Pair(opened.pair());
    fillUp(smaller);
    const shrunk = resizable(100_000);
    smaller.writer.write(new Uint8Array(shrunk, 50_000), KEPT);
    shrunk.resize(60_000);
    const larger = new Pair(opened.pair());
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
    const pair = new Pair(opened.pair());
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
    const pair = new Pair(ours, { maxBufferedBytes: 2 * MUCH });
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

  it('are copied where they are few, text, a record, or for a file', async () => {
    const { loop } = test;
    const path = `${temporaryFolder()}/file`;
    const few = new Pair(opened.pair());
    const before = fillUp(few);
    const small = pattern(16_383);
    few.writer.write(small, KEPT);
    few.writer.write('text'.repeat(5000), KEPT);
    detach(small);
    few.writer.end();
    const large = pattern(300_000);
    const file = loop.fs.createWriteStream(path);
    file.end(large, KEPT);
    detach(large);
    if (process.platform !== 'darwin') {
      const [one, other] = opened.pair(constant('SOCK_SEQPACKET'));
      const records = loop.stream(one, {}, {});
      let came = 0;
      const count = (bytes: number) => {
        came += bytes;
      };
      const reader = loop.stream(other, {}, { data: (_, chunk) => count(chunk.length) });
      reader.pause();
      const record = pattern(20_000);
      while (records.bufferedBytes < 100_000) records.write(record, KEPT);
      detach(record);
      const { bytesWritten } = records;
      reader.resume();
      records.end();
      few.read();
      await drive(loop, mode);
      expect(came).toBe(bytesWritten);
    } else {
      few.read();
      await drive(loop, mode);
    }
    const expected = [before, pattern(16_383), Buffer.from('text'.repeat(5000))];
    expect(few.bytes.equals(Buffer.concat(expected))).toBe(true);
    const fd = opened.keep(raw.check((await import('node:fs')).openSync(path, 'r'), 'open'));
    const read = new Uint8Array(300_001);
    expect(raw.read(fd, read)).toBe(300_000);
    expect(Buffer.from(read.buffer, 0, 300_000).equals(pattern(300_000))).toBe(true);
  });

  it('are given back where the kernel has left few of a piece', async () => {
    const pair = new Pair(opened.pipe().reverse() as Ends);
    const capacity = fillPipe(opened.pipe());
    const bytes = pattern(capacity + 10_000);
    pair.writer.end(bytes, KEPT);
    expect(pair.writer.bufferedBytes).toBe(10_000);
    detach(bytes);
    pair.read();
    await drive(test.loop, mode);
    expect(pair.bytes.equals(pattern(capacity + 10_000))).toBe(true);
  });

  it('count for all limits, as if they were copied', async () => {
    const pair = new Pair(opened.pair(), { maxBufferedBytes: MUCH });
    const bytes = pattern(1_000_000);
    while (pair.writer.active) {
      pair.writer.write(bytes, KEPT);
      expect(pair.writer.heldBytes).toBeLessThanOrEqual(MUCH);
      expect(pair.writer.heldBytes).toBeGreaterThanOrEqual(pair.writer.bufferedBytes);
    }
    await drive(test.loop, mode);
    expect(pair.codes).toEqual(['ERR_STREAM_MAX_BUFFERED']);
    expect(test.loop.output.heldBytes).toBe(0);
  });
});

/** How much a pipe takes that is empty. */
function fillPipe([, writeEnd]: Ends): number {
  return raw.check(raw.write(writeEnd, new Uint8Array(MUCH)), 'write');
}

describe('detach', () => {
  it('is refused while they wait, as while copies do', () => {
    const pair = new Pair(opened.pair());
    pair.writer.write(pattern(MUCH), KEPT);
    expect(() => pair.writer.detach()).toThrow(
      expect.objectContaining({ code: 'ERR_STREAM_OUTPUT_QUEUED' }),
    );
  });
});

describe('the option copy', () => {
  it('is true or false, and is checked before anything is sent', async () => {
    const pair = new Pair(opened.pair());
    const code = (options: unknown) => {
      try {
        return pair.writer.write('x', options as object);
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    for (const copy of [0, 1, null, 'no', {}]) expect(code({ copy })).toBe('ERR_INVALID_ARG_TYPE');
    expect(code({ copies: false })).toBe('ERR_INVALID_ARG_VALUE');
    expect(() => pair.writer.end('x', { copy: 1 } as object)).toThrow('options.copy');
    const detached = pattern(20_000);
    detach(detached);
    expect(() => pair.writer.write(detached, KEPT)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_STATE' }),
    );
    for (const copy of [undefined, true, false]) expect(code({ copy })).toBe(true);
    pair.read();
    pair.writer.end();
    await drive(test.loop);
    expect(pair.bytes.toString()).toBe('xxx');
    expect(pair.writer.write(pattern(20_000), KEPT)).toBe(false);
  });
});
