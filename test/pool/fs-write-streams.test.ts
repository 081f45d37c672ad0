// Files that are written as streams of the loop: in order, at the pace of the disk, and what ends them.
//
// Tried without its guard: without BY_REQUESTS in NOT_GATHERING 'is written by threads alone' and 'has
// each byte in order' find bytes that came twice; where `write` queues what is no byte 'closes where it
// was given no bytes' hears that it never closes.
import { spawnSync } from 'node:child_process';
import * as nodeFs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { pattern } from '../support/bytes.js';
import { countDescriptors, guardDescriptors, isOpen } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';

guardDescriptors();
const test = eachWithLoop();
const bytes = Buffer.from(pattern(300_000));
let path: string;

beforeEach(() => {
  path = join(temporaryFolder(), 'file');
  nodeFs.writeFileSync(path, bytes);
});

describe.each(DRIVE_MODES)('a file that is written, %s', (mode) => {
  const finished = async <T>(work: () => Promise<T>): Promise<T> => {
    const started = work();
    started.catch(() => {});
    await drive(test.loop, mode);
    return started;
  };

  it('has each byte in order, also behind a reader that is slower', async () => {
    const stream = test.loop.fs.createWriteStream(path, { flush: true });
    let waits = 0;
    await finished(async () => {
      await stream.opened;
      for (let at = 0; at < bytes.length; at += 777) {
        if (stream.write(bytes.subarray(at, at + 777))) continue;
        waits++;
        expect(stream.bufferedBytes).toBeLessThan(70_000);
        await stream.drained;
      }
      stream.end();
      await stream.closed;
      expect(stream.bytesWritten).toBe(bytes.length);
    });
    expect(waits).toBeGreaterThan(1);
    expect(nodeFs.readFileSync(path).equals(bytes)).toBe(true);
  });

  it('is written by threads alone, also what a callback writes', async () => {
    const { fs } = test.loop;
    fs.createWriteStream(
      path,
      {},
      {
        open: (stream) => {
          for (const text of ['a', 'b', 'c']) stream.write(text);
          expect(stream.bufferedBytes).toBe(3);
          stream.write(new Uint8Array(100_000));
          stream.end('d');
        },
      },
    );
    await drive(test.loop, mode);
    const written = nodeFs.readFileSync(path, 'latin1');
    expect([written.length, written.slice(0, 3), written.at(-1)]).toEqual([100_004, 'abc', 'd']);
  });

  it('closes where it was given no bytes, before it is open and behind that', async () => {
    const { fs } = test.loop;
    const ends: ((stream: ReturnType<typeof fs.createWriteStream>) => unknown)[] = [
      (stream) => stream.end(''),
      (stream) => stream.end(new Uint8Array(0)),
      async (stream) => {
        expect(stream.write('')).toBe(true);
        await stream.drained;
        await stream.opened;
        expect(stream.write(new ArrayBuffer(0))).toBe(true);
        await stream.drained;
        stream.end('');
      },
    ];
    for (const [at, end] of ends.entries()) {
      const stream = fs.createWriteStream(`${path}-${at}`);
      test.loop.setTimeout(() => stream.destroy(new Error('it never closes')), 10_000).unref();
      await finished(async () => {
        await end(stream);
        await stream.closed;
      });
      expect([nodeFs.readFileSync(`${path}-${at}`).length, stream.bytesWritten]).toEqual([0, 0]);
    }
  });

  it('is written where it is told to: inside, behind, or where the file stands', async () => {
    const { fs } = test.loop;
    const write = async (text: string, options: object) => {
      const stream = fs.createWriteStream(path, options);
      stream.end(text);
      await stream.closed;
    };
    await finished(async () => {
      await write('0123456789', {});
      await write('xy', { start: 3, flags: 'r+' });
      await write('!', { flags: 'a' });
      const file = await fs.open(path, 'r+');
      await fs.seek(file, 1);
      const stream = file.createWriteStream({ autoClose: false });
      stream.end('-');
      await stream.closed;
      await file.close();
    });
    expect(nodeFs.readFileSync(path, 'latin1')).toBe('0-2xy56789!');
  });

  it.each([0, 2])(
    'is written from there on by any number of requests, and closed: %i',
    async (start) => {
      const stream = test.loop.fs.createWriteStream(path, { start, flags: 'r+' });
      const fd = await finished(async () => {
        await stream.opened;
        const number = stream.fd;
        for (const text of ['ab', 'cd', 'ef']) {
          stream.write(text);
          // Each by a request of its own.
          while (stream.bufferedBytes > 0) {
            await new Promise<void>((resolve) => void test.loop.setImmediate(resolve));
          }
        }
        stream.end('gh');
        await stream.closed;
        return number;
      });
      const expected = Buffer.from(bytes);
      expected.write('abcdefgh', start);
      expect(nodeFs.readFileSync(path).equals(expected)).toBe(true);
      expect([fd > 2, isOpen(fd)]).toEqual([true, false]);
    },
  );

  it('tells what its file said to `flush`, and closes it', async () => {
    const before = countDescriptors();
    const fifo = `${path}-fifo`;
    spawnSync('mkfifo', [fifo]);
    // There is no device to wait for.
    const stream = test.loop.fs.createWriteStream(fifo, { flags: 'r+', flush: true });
    stream.end('x');
    const told = { code: 'EINVAL', syscall: 'fsync', path: fifo };
    await expect(finished(() => stream.closed)).rejects.toMatchObject(told);
    // The pool's wake-up stays.
    expect(countDescriptors() - before).toBe(1);
  });

  it.skipIf(process.platform !== 'linux')('tells that the disk is full', async () => {
    const stream = test.loop.fs.createWriteStream('/dev/full');
    const told = { code: 'ENOSPC', syscall: 'write', path: '/dev/full' };
    stream.end('x');
    await expect(finished(() => stream.closed)).rejects.toMatchObject(told);
    expect(stream.write('more')).toBe(false);
  });

  it('is bounded: what is beyond maxBufferedBytes closes it', async () => {
    const stream = test.loop.fs.createWriteStream(path, { maxBufferedBytes: 1000 });
    expect(stream.write(new Uint8Array(1001))).toBe(false);
    await expect(finished(() => stream.closed)).rejects.toMatchObject({
      code: 'ERR_STREAM_MAX_BUFFERED',
    });
  });
});
