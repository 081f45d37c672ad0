// Descriptors that wait, that come in floods, or that cannot be passed at all: what they count
// for, and which calls are refused before anything is sent.
//
// Each guard was taken out once: without closeHeld in dropQueue (lib/stream/sending.ts) those
// that wait stay open; without weightOfAll they are bounded by nothing but their bytes; without
// IsFull (native/stream/unix_read.h) one batch brings more than its table has room for; without
// closeHeld in duplicate what was duplicated of a call that is refused stays open; with a length
// that is merely not too large (descriptorsOf) a proxy's is refused by a call, in its words.
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import { pattern, textOf } from '../support/bytes.js';
import { countDescriptors, guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { streams, TYPES } from './passing-support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();

describe.each(DRIVE_MODES)('descriptors, %s', (mode) => {
  describe.each(TYPES)('over a socket of type %s', (_, type) => {
    it('that wait are closed with the stream', async () => {
      const [reader] = opened.pipe();
      const { sender, receiver } = streams(test.loop, opened, type, {});
      receiver.pause();
      while (sender.bufferedBytes === 0) sender.write(pattern(8192));
      const before = countDescriptors();
      sender.write('x', { fds: Array<number>(9).fill(reader) });
      expect(countDescriptors() - before).toBe(9);
      sender.destroy();
      expect(countDescriptors() - before).toBe(0);
      receiver.destroy();
      await drive(test.loop, mode);
    });

    it('are bounded where they wait, by what a descriptor counts for', async () => {
      const [reader] = opened.pipe();
      const errors: unknown[] = [];
      const { sender, receiver } = streams(
        test.loop,
        opened,
        type,
        {},
        { close: (_, error) => errors.push((error as { code?: string }).code) },
        { maxBufferedBytes: 100_000, highWaterMark: 20_000 },
      );
      receiver.pause();
      while (sender.bufferedBytes === 0 && sender.active) sender.write(pattern(1024));
      const before = countDescriptors();
      const answers: boolean[] = [];
      while (sender.active) answers.push(sender.write('x', { fds: [reader] }));
      expect([answers[0], answers.at(-1)]).toEqual([true, false]);
      expect(answers.length).toBeLessThan(30);
      expect(countDescriptors()).toBe(before);
      receiver.destroy();
      await drive(test.loop, mode);
      expect(errors).toEqual(['ERR_STREAM_MAX_BUFFERED']);
    });

    it('of a flood are taken a few at a time, or a message', async () => {
      const [reader] = opened.pipe();
      const before = countDescriptors();
      let most = 0;
      let came = 0;
      const all = Array.from({ length: 8 }, () =>
        streams(test.loop, opened, type, {
          data: (_, __, fds) => {
            came += fds?.length ?? 0;
            most = Math.max(most, countDescriptors() - before);
          },
        }),
      );
      for (const { sender } of all) {
        sender.write('x', { fds: Array<number>(253).fill(reader) });
        sender.write('y', { fds: Array<number>(200).fill(reader) });
        sender.end();
      }
      await drive(test.loop, mode);
      expect(came).toBe(8 * 453);
      expect(most).toBeLessThan(64 + 253 + 40);
    });
  });
});

describe('misuse', () => {
  const code = (call: () => unknown) => {
    try {
      return call();
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it('throws before anything is sent', async () => {
    const [reader] = opened.pipe();
    const came: string[] = [];
    const { sender } = streams(test.loop, opened, constant('SOCK_STREAM'), {
      data: (_, chunk) => came.push(textOf(chunk)),
    });
    const attempts: [data: unknown, options: unknown, code: string][] = [
      ['x', { fds: Array(254).fill(reader) }, 'ERR_OUT_OF_RANGE'],
      ['', { fds: [reader] }, 'ERR_INVALID_ARG_VALUE'],
      [new Uint8Array(0), { fds: [reader] }, 'ERR_INVALID_ARG_VALUE'],
      [7, { fds: [reader] }, 'ERR_INVALID_ARG_TYPE'],
      ['x', { fds: [-1] }, 'ERR_OUT_OF_RANGE'],
      ['x', { fds: [1.5] }, 'ERR_OUT_OF_RANGE'],
      ['x', { fds: [reader, '1'] }, 'ERR_INVALID_ARG_TYPE'],
      ['x', { fds: new Array(3) }, 'ERR_INVALID_ARG_TYPE'],
      ['x', { fds: reader }, 'ERR_INVALID_ARG_TYPE'],
      ['x', { fd: [reader] }, 'ERR_INVALID_ARG_VALUE'],
      ['x', 7, 'ERR_INVALID_ARG_TYPE'],
      ['x', null, 'ERR_INVALID_ARG_TYPE'],
      ['x', { fds: [reader, 2 ** 30] }, 'EBADF'],
    ];
    for (const [data, options, expected] of attempts) {
      expect(code(() => sender.write(data as string, options as object))).toBe(expected);
    }
    const fds = new Proxy([reader], { get: () => Number.NaN });
    expect(() => sender.write('x', { fds })).toThrow('options.fds.length');
    sender.end('sound');
    await drive(test.loop);
    expect(came).toEqual(['sound']);
  });

  it('also where it would be queued, and what was duplicated is closed', () => {
    const [reader] = opened.pipe();
    const { sender, receiver } = streams(test.loop, opened, constant('SOCK_STREAM'), {});
    receiver.pause();
    while (sender.bufferedBytes === 0) sender.write(pattern(65536));
    const before = [countDescriptors(), sender.bufferedBytes, sender.bytesWritten];
    expect(code(() => sender.write('x', { fds: [reader, 2 ** 30] }))).toBe('EBADF');
    expect([countDescriptors(), sender.bufferedBytes, sender.bytesWritten]).toEqual(before);
    expect(sender.active).toBe(true);
  });

  it('nothing but a Unix socket passes any', () => {
    const [, writer] = opened.pipe();
    const stream = test.loop.stream(writer, {}, {});
    expect(code(() => stream.write('x', { fds: [0] }))).toBe('ERR_INVALID_ARG_VALUE');
    expect(stream.write('x', { fds: [] })).toBe(true);
    expect(stream.write('x', {})).toBe(true);
  });

  it('on a stream that ended does nothing, and is told as bytes are', async () => {
    const errors: unknown[] = [];
    const { sender } = streams(
      test.loop,
      opened,
      constant('SOCK_STREAM'),
      {},
      { close: (_, error) => errors.push((error as { code?: string }).code) },
    );
    sender.end();
    expect(sender.write('x', { fds: [0] })).toBe(false);
    await drive(test.loop);
    expect(errors).toEqual(['ERR_STREAM_WRITE_AFTER_END']);
  });
});
