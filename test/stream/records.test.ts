// Unix sockets that keep the bounds of records (SOCK_SEQPACKET): each write is one, and each
// chunk is one, gathered, queued, large or empty. See unix(7).
//
// Each guard was taken out once: without the look at RECORDS in Gather (lib/loop/gather.ts) two
// writes of a turn are one record; without SendRecords (native/stream/batch.cc) so are those of
// a chain; without RecordQueue so are those that wait; without NextRecordBytes
// (native/stream/unix_read.cc) the end of a large one is lost; without RecordsEnded an empty
// one is taken for the end.
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { pattern, textOf } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { streams } from './passing-support.js';
import { recording } from './support.js';

const isLinux = process.platform === 'linux';
const SEQPACKET = constant('SOCK_SEQPACKET');

/** As `recording`, for streams of descriptors. */
const noted = (events: string[]) => recording(events) as object;

guardDescriptors();
const opened = new Opened();

describe.skipIf(process.platform === 'darwin')('records', () => {
  const test = eachWithLoop();

  describe.each(DRIVE_MODES)('%s', (mode) => {
    it('are one for each write, whether they are gathered or not', async () => {
      const came: string[] = [];
      const { sender } = streams(test.loop, opened, SEQPACKET, {
        data: (_, chunk) => came.push(textOf(chunk)),
      });
      const other = streams(test.loop, opened, SEQPACKET, {
        data: (_, chunk) => came.push(textOf(chunk)),
      });
      sender.write('at');
      sender.write(' once');
      test.loop.setImmediate(() => {
        for (const text of ['ga', 'ther', 'ed']) {
          sender.write(text);
          // Another's between, so that a chain has several parts.
          other.sender.write(`other ${text}`);
        }
        // None between.
        for (const text of ['to', 'get', 'her']) sender.write(text);
        sender.end();
        other.sender.end('last');
      });
      await drive(test.loop, mode);
      expect(came.filter((text) => !/other|last/.test(text))).toEqual([
        'at',
        ' once',
        'ga',
        'ther',
        'ed',
        'to',
        'get',
        'her',
      ]);
      expect(came.filter((text) => /other|last/.test(text))).toEqual([
        'other ga',
        'other ther',
        'other ed',
        'last',
      ]);
    });

    it('stay so while they wait for a slow peer, and none is lost', async () => {
      const sizes = Array.from({ length: 400 }, (_, i) => 1 + ((i * 7919) % 9000));
      const came: number[] = [];
      const drained: number[] = [];
      const { sender, receiver } = streams(
        test.loop,
        opened,
        SEQPACKET,
        { data: (_, chunk) => came.push(chunk.length) },
        {
          drain: (socket) => {
            drained.push(socket.bufferedBytes);
            socket.end();
          },
        },
      );
      receiver.pause();
      const half = sizes.length / 2;
      for (const size of sizes.slice(0, half)) sender.write(pattern(size));
      expect(sender.bufferedBytes).toBeGreaterThan(0);
      test.loop.setImmediate(() => {
        for (const size of sizes.slice(half)) sender.write(pattern(size));
        receiver.resume();
      });
      await drive(test.loop, mode);
      expect(came).toEqual(sizes);
      expect([sender.bufferedBytes, test.loop.bufferedBytes]).toEqual([0, 0]);
      expect(drained).toEqual([0]);
    });

    it('larger than the slab come whole, beside small ones', async () => {
      const loop = new EventLoop({ slabBytes: 65536 });
      const came: number[] = [];
      const all = Array.from({ length: 3 }, () =>
        streams(loop, opened, SEQPACKET, {
          data: (_, chunk) => {
            came.push(chunk.length);
            expect(Buffer.compare(chunk, pattern(chunk.length))).toBe(0);
          },
        }),
      );
      const sizes = [10, 65537, 100, 150_000, 20, 65536];
      for (const { sender } of all) for (const size of sizes) sender.write(pattern(size));
      for (const { sender } of all) sender.end();
      await drive(loop, mode);
      loop.close();
      const sorted = (numbers: number[]) => numbers.sort((a, b) => a - b);
      expect(sorted(came)).toEqual(sorted([...sizes, ...sizes, ...sizes]));
    });

    it('larger than the socket takes are told', async () => {
      const events: string[] = [];
      const { sender, receiver } = streams(test.loop, opened, SEQPACKET, {}, noted(events));
      sender.write(new Uint8Array(8 * 2 ** 20));
      await drive(test.loop, mode);
      expect(events.at(-1)).toBe('close EMSGSIZE');
      expect(receiver.closed).toBeInstanceOf(Promise);
    });

    it('without bytes are not sent', async () => {
      const events: string[] = [];
      const { sender } = streams(test.loop, opened, SEQPACKET, noted(events));
      expect([sender.write(''), sender.write(new Uint8Array(0))]).toEqual([true, true]);
      test.loop.setImmediate(() => sender.write(''));
      test.loop.setTimeout(() => sender.end(''), 1);
      await drive(test.loop, mode);
      expect(events).toEqual(['open', 'end', 'close']);
    });

    it.runIf(isLinux)('without bytes that a peer sent are no end', async () => {
      const [ours, its] = opened.pair(SEQPACKET);
      const events: string[] = [];
      test.loop.stream(ours, {}, noted(events));
      const send = (text: string) => raw.send(its, Buffer.from(text));
      send('');
      send('a');
      for (const text of ['', '', 'b', '']) send(text);
      raw.shutdown(its, constant('SHUT_WR'));
      await drive(test.loop, mode);
      // Nobody can tell those right before the end from it.
      const rest = ['data ', 'data a', 'data ', 'data ', 'data b', 'end', 'close'];
      expect(events).toEqual(['open', ...rest]);
    });
  });
});
