// `write(bytes, { copy: false })`: what is copied all the same, and what counts for it.
//
// Each guard was taken out once: with `keeps` of BY_REQUESTS (lib/stream/transfer.ts) a file does not come
// to its end; without `rest.length < LEAST_KEPT` (lib/stream/output.ts) the end of a piece is not the
// caller's again.
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { detach, pattern } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { type Ends, fillUp, KEPT, MUCH, Pair } from './kept-support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();

describe.each(DRIVE_MODES)('bytes that need not be copied, %s', (mode) => {
  it('are copied where they are few, text, a record, or for a file', async () => {
    const { loop } = test;
    const path = `${temporaryFolder()}/file`;
    const few = new Pair(test.loop, opened.pair());
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
    const pair = new Pair(test.loop, opened.pipe().reverse() as Ends);
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
    const pair = new Pair(test.loop, opened.pair(), { maxBufferedBytes: MUCH });
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
    const pair = new Pair(test.loop, opened.pair());
    pair.writer.write(pattern(MUCH), KEPT);
    expect(() => pair.writer.detach()).toThrow(
      expect.objectContaining({ code: 'ERR_STREAM_OUTPUT_QUEUED' }),
    );
  });
});

describe('the option copy', () => {
  it('is true or false, and is checked before anything is sent', async () => {
    const pair = new Pair(test.loop, opened.pair());
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
