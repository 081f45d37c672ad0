// Files that are read as streams of the loop: which bytes they have, beside node:fs, at whose pace, what
// ends them, and what is left open.
//
// Tried without its guard: without the `finally` of FileReadStream#arrived 'goes on behind a handler
// that throws' finds a stream that stands still; without the wait for close(2) in finishClose 'is
// closed before that is told' finds it open.
import * as nodeFs from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { toDuplex } from '../../lib/node/index.js';
import type { FileReadStream } from '../../lib/pool/fs/stream/read-stream.js';
import * as raw from '../../lib/raw/index.js';
import { relay } from '../../lib/relay/index.js';
import { pattern } from '../support/bytes.js';
import { countDescriptors, guardDescriptors, isOpen, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop, run } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { all } from './file-support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();
const bytes = Buffer.from(pattern(300_000));
let folder: string;
let path: string;

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'file');
  nodeFs.writeFileSync(path, bytes);
});

describe.each(DRIVE_MODES)('a file that is read, %s', (mode) => {
  const outcome = async <T>(work: () => Promise<T>): Promise<T> => {
    const started = work();
    started.catch(() => {});
    await drive(test.loop, mode);
    return started;
  };

  it('has the bytes that it has for node:fs', async () => {
    const ranges = [
      {}, { start: 0 }, { start: 100 }, { start: 100, end: 100 }, { end: 99_999 }, { end: 0 },
      { start: 299_999 }, { start: 300_000 }, { start: 400_000 }, { start: 5, end: 400_000 },
      { start: 65_536, end: 131_071 }, { end: Number.POSITIVE_INFINITY },
    ]; // biome-ignore format: a table
    const read = async (range: object, inline: boolean) =>
      all(test.loop.fs.createReadStream(path, { ...range, inline, highWaterMark: 70_000 }));
    const got = await outcome(() =>
      Promise.all(ranges.flatMap((range) => [read(range, true), read(range, false)])),
    );
    for (const [i, range] of ranges.entries()) {
      const expected = await all(nodeFs.createReadStream(path, range));
      for (const mine of got.slice(2 * i, 2 * i + 2)) {
        expect(mine.equals(expected), JSON.stringify(range)).toBe(true);
      }
    }
  });

  it('tells its handlers in order, a chunk at a time, and pauses', async () => {
    const told: string[] = [];
    test.loop.fs.createReadStream(
      path,
      { end: 9, highWaterMark: 4 },
      {
        open: (stream) => told.push(`open ${stream.fd > 2} ${stream.path === path}`),
        data: (stream, chunk) => {
          told.push(`data ${chunk.length}`);
          stream.pause();
          test.loop.setTimeout(() => stream.resume(), 1);
        },
        end: () => told.push('end'),
        close: (stream, error) => told.push(`close ${stream.fd} ${stream.bytesRead} ${error}`),
      },
    );
    await drive(test.loop, mode);
    const data = ['data 4', 'data 4', 'data 2'];
    expect(told).toEqual(['open true true', ...data, 'end', 'close -1 10 undefined']);
  });

  it('is not read ahead of who takes it, however large it is', async () => {
    nodeFs.truncateSync(path, 400 * 2 ** 20);
    const stream = test.loop.fs.createReadStream(path);
    let taken = 0;
    await outcome(async () => {
      for await (const chunk of stream) {
        taken += chunk.length;
        await new Promise((resolve) => test.loop.setTimeout(resolve, 1));
        expect(stream.bytesRead - taken).toBeLessThanOrEqual(3 * 65_536);
        if (taken > 2 ** 20) break;
      }
    });
    expect(stream.bytesRead).toBeLessThan(2 ** 20 + 5 * 65_536);
    expect(stream.isClosed).toBe(true);
  });

  it('ends by an abort, in the middle, and leaves nothing open', async () => {
    const before = countDescriptors();
    const controller = new AbortController();
    const { signal } = controller;
    const stream = test.loop.fs.createReadStream(path, { signal, highWaterMark: 1000 });
    const ended = outcome(async () => {
      for await (const chunk of stream) if (chunk.length > 0) controller.abort();
    });
    await expect(ended).rejects.toMatchObject({ code: 'ABORT_ERR' });
    expect(stream.bytesRead).toBeLessThan(10_000);
    // The pool's wake-up stays.
    expect(countDescriptors() - before).toBeLessThanOrEqual(1);
  });

  it('tells what is wrong with code, call and path', async () => {
    const { fs } = test.loop;
    const failed = async (stream: FileReadStream) => {
      const [first, second] = await Promise.allSettled([stream.opened, all(stream)]);
      await stream.closed.catch(() => {});
      return [first.status, (second as { reason?: unknown }).reason, stream.error];
    };
    const [absent, isFolder] = await outcome(() =>
      Promise.all([failed(fs.createReadStream(`${path}x`)), failed(fs.createReadStream(folder))]),
    );
    const noEntry = { code: 'ENOENT', syscall: 'open', path: `${path}x` };
    expect(absent).toMatchObject(['rejected', noEntry, noEntry]);
    const directory = { code: 'EISDIR', syscall: 'read', path: folder };
    expect(isFolder).toMatchObject(['fulfilled', directory, directory]);
  });

  it('may be removed meanwhile, or become shorter', async () => {
    const read = async (change: () => void) => {
      const stream = test.loop.fs.createReadStream(path, { highWaterMark: 1000 });
      let size = 0;
      for await (const chunk of stream) {
        if (size === 0) change();
        size += chunk.length;
      }
      return size;
    };
    const again = (length: number) => {
      nodeFs.writeFileSync(path, bytes);
      return read(() => nodeFs.truncateSync(path, length));
    };
    const sizes = await outcome(async () => [
      await read(() => nodeFs.unlinkSync(path)),
      await read(() => {}).catch(({ code }) => code),
      await again(2500),
    ]);
    expect(sizes.slice(0, 2)).toEqual([300_000, 'ENOENT']);
    expect(sizes[2]).toBeLessThan(10_000);
  });

  it('may be open already, and stays so if asked', async () => {
    const { fs } = test.loop;
    const number = nodeFs.openSync(path, 'r');
    const read = await outcome(async () => {
      const file = await fs.open(path);
      const kept = await all(file.createReadStream({ start: 10, end: 19, autoClose: false }));
      expect(file.fd).toBeGreaterThan(2);
      const handed = fs.createReadStream(undefined, { fd: file, end: 4 });
      const again = await all(handed);
      await handed.closed;
      expect(file.fd).toBe(-1);
      const borrowed = fs.createReadStream(undefined, { fd: number, end: 4, autoClose: false });
      return [kept, again, await all(borrowed)];
    });
    expect(read.map(String)).toEqual([bytes.subarray(10, 20), bytes.subarray(0, 5), bytes.subarray(0, 5)].map(String)); // biome-ignore format: short
    expect(isOpen(number)).toBe(true);
    const taken = await outcome(async () => {
      const stream = fs.createReadStream(undefined, { fd: number });
      const rest = await all(stream);
      await stream.closed;
      return rest;
    });
    expect(taken.length).toBe(bytes.length - 5);
    expect(isOpen(number)).toBe(false);
  });

  it('is relayed to a connection, and one is relayed to it', async () => {
    const copy = join(folder, 'copy');
    const sides = [0, 1].map(() => opened.pair());
    const streams = sides.map((pair) => pair.map((fd) => test.loop.stream(raw.dup(fd) as number)));
    for (const pair of sides) for (const fd of pair) raw.close(fd);
    const [[a, b]] = streams as [[never, never]];
    for (const other of streams[1] ?? []) other.destroy();
    const first = relay(test.loop.fs.createReadStream(path), a);
    const second = relay(b, test.loop.fs.createWriteStream(copy));
    await outcome(() => Promise.all([first.closed, second.closed]));
    expect(first.bytesAToB).toBe(bytes.length);
    expect(nodeFs.readFileSync(copy).equals(bytes)).toBe(true);
  });
});

it('is a Duplex of the host as well', async () => {
  const copy = join(folder, 'copy');
  const { fs } = test.loop.attach();
  await pipeline(toDuplex(fs.createReadStream(path)), toDuplex(fs.createWriteStream(copy)));
  expect(nodeFs.readFileSync(copy).equals(bytes)).toBe(true);
});

it.each(DRIVE_MODES)('is closed before that is told, %s', async (mode) => {
  const loop = new EventLoop({ poolSize: 1 });
  let fd = -1;
  let wasOpen: boolean | undefined;
  const stream = loop.fs.createReadStream(
    path,
    {},
    {
      open: (opened) => {
        fd = opened.fd;
      },
      data: () => {},
      // What closes it waits behind that.
      end: () => void loop.crypto.pbkdf2('p', 's', 20_000, 64, 'sha512'),
      close: () => {
        wasOpen = isOpen(fd);
      },
    },
  );
  await drive(loop, mode);
  expect([stream.bytesRead, fd > 2, wasOpen]).toEqual([bytes.length, true, false]);
  loop.close();
});

it('goes on behind a handler that throws', async () => {
  let size = 0;
  test.loop.fs.createReadStream(
    path,
    {},
    {
      data: (_stream, chunk) => {
        size += chunk.length;
        if (size <= 65_536) throw new Error('mine');
      },
    },
  );
  await expect(run(test.loop)).rejects.toThrow('mine');
  const limit = test.loop.setTimeout(() => test.loop.close(), 5000).unref();
  await run(test.loop);
  limit.close();
  expect(size).toBe(bytes.length);
});

it('ends with the loop, and leaves no descriptor', async () => {
  const before = countDescriptors();
  const told: unknown[] = [];
  const handlers = { open: () => test.loop.stop(), close: () => told.push('close') };
  test.loop.fs.createReadStream(path, {}, { ...handlers, data: () => {} });
  await run(test.loop);
  test.loop.fs.createWriteStream(path, {}, handlers);
  test.loop.close();
  await new Promise(setImmediate);
  expect(told).toEqual(['close', 'close']);
  // A thread may have it yet.
  while (countDescriptors() >= before) await new Promise(setImmediate);
});

it('is not given back', async () => {
  const stream = test.loop.fs.createReadStream(path, {}, {});
  expect(() => stream.detach()).toThrow(expect.objectContaining({ code: 'ERR_INVALID_STATE' }));
  await run(test.loop);
  expect(stream.bytesRead).toBe(bytes.length);
});

it.each([
  [{ start: -1 }, RangeError],
  [{ start: 5, end: 4 }, RangeError],
  [{ start: 1.5 }, RangeError],
  [{ end: '1' }, TypeError],
  [{ highWaterMark: 0 }, RangeError],
  [{ flags: 'q' }, TypeError],
  [{ fd: 'x' }, TypeError],
  [{ autoClose: 1 }, TypeError],
  [{ encoding: 'utf8' }, TypeError],
])('refuses %j before anything is opened', (options, type) => {
  const before = countDescriptors();
  expect(() => test.loop.fs.createReadStream(path, options as object)).toThrow(type);
  expect(() => test.loop.fs.createReadStream('a\0b')).toThrow(TypeError);
  expect(countDescriptors()).toBe(before);
});
