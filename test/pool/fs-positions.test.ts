// Where in a file a request begins: positions as numbers and as BigInts, and where the file stands,
// also for several requests at once.
// Tried without its guard: without `takeBytes` in Batch#bytes what readv reads is zeros where it is much;
// without the range of BigInts in checkPosition 2^53 is read as another place;
// without `moving.set` in FileWork#moves a file that two threads have read at once is a thread's for good,
// with `#moving.delete` in its place it is still while one of them has it.
import * as nodeFs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardDescriptors } from '../support/descriptors.js';
import { temporaryFolder } from '../support/folder.js';
import { Fifo } from './held.js';
import { MODES, TestLoop } from './support.js';

guardDescriptors();
const OUT_OF_RANGE = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' };
let path: string;
let loop: TestLoop;

beforeEach(() => {
  path = join(temporaryFolder(), 'file');
  nodeFs.writeFileSync(path, 'hello world');
  loop = new TestLoop({ size: 1 }, true);
});
afterEach(() => loop.close());

describe.each(MODES)('a position, %s', (mode) => {
  it('may be a BigInt, and -1 is where the file stands', async () => {
    const texts = await loop.outcome(
      mode,
      (async () => {
        const file = await loop.fs.open(path, 'r+');
        const read = async (position: bigint) => {
          const { bytesRead, buffer } = await file.read(Buffer.alloc(5), { position });
          return buffer.toString('latin1', 0, bytesRead);
        };
        const told = [await read(6n), await read(-1n), await read(-1n), await read(0n)];
        await file.write('W', 6n);
        await file.write(Buffer.from('H'), { position: 0n, inline: false });
        // The first two letters of 'or', in another way of writing.
        await file.write('6f72', 7n, 'hex');
        await loop.fs.pwrite(file, Buffer.from('!'), BigInt(nodeFs.fstatSync(file.fd).size));
        const { bytesRead } = await file.read(Buffer.alloc(5), 0, 5, BigInt(2 ** 53 - 1));
        await file.close();
        return [...told, bytesRead];
      })(),
    );
    expect(texts).toEqual(['world', 'hello', ' worl', 'hello', 0]);
    expect(nodeFs.readFileSync(path, 'latin1')).toBe('Hello World!');
  });

  it('of several pieces of memory is that of the first, however large they are', async () => {
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 251));
    nodeFs.writeFileSync(path, bytes);
    const file = await loop.outcome(mode, loop.fs.open(path, 'r+'));
    for (const [position, begin, size] of [
      [3, 3, 150_000],
      [null, 0, 150_000],
      [null, 150_000, 50_000],
    ] as const) {
      const pieces = [1, 0, 100_000, 49_999].map((length) => Buffer.alloc(length));
      const { bytesRead } = await loop.outcome(mode, file.readv(pieces, position));
      expect(bytesRead).toBe(size);
      const read = Buffer.concat(pieces).subarray(0, size);
      expect(read.equals(bytes.subarray(begin, begin + size))).toBe(true);
    }
    const written = [Buffer.from('ab'), new Uint8Array(0), Buffer.alloc(100_000, 'c')];
    await loop.outcome(mode, file.writev(written, 5));
    await loop.outcome(mode, file.close());
    bytes.set(Buffer.concat(written), 5);
    expect(nodeFs.readFileSync(path).equals(bytes)).toBe(true);
  });

  it('that is out of range is refused, and nothing is read or written', async () => {
    const file = await loop.outcome(mode, loop.fs.open(path, 'r+'));
    for (const [offset, length] of [
      [-1, 1],
      [1.5, 1],
      [6, 0],
      [2, 4],
      [0, -1],
      [0, 6],
    ] as const) {
      for (const request of [
        file.read(Buffer.alloc(5), offset, length, 0),
        file.read(Buffer.alloc(5), { offset, length }),
        file.write(Buffer.alloc(5), offset, length, 0),
      ]) {
        await expect(request).rejects.toMatchObject(OUT_OF_RANGE);
      }
    }
    for (const position of [-2n, BigInt(2 ** 53), 2n ** 64n, -2, 2 ** 53]) {
      for (const request of [
        file.read(Buffer.alloc(1), { position }),
        file.write('x', position),
        loop.fs.readv(file, [Buffer.alloc(1)], position),
      ]) {
        await expect(request).rejects.toMatchObject(OUT_OF_RANGE);
      }
    }
    expect(loop.alive).toBe(false);
    await loop.outcome(mode, file.close());
    expect(nodeFs.readFileSync(path, 'latin1')).toBe('hello world');
  });
});

describe.runIf(process.platform === 'linux').each(MODES)('where a file stands, %s', (mode) => {
  it('is the loop’s again when the last thread that moves it is through', async () => {
    const { fs, pool } = loop;
    const inline = () => pool.stats().kinds['read']?.inline ?? 0;
    const file = await loop.outcome(mode, fs.open(path));
    const read = async (options: object = {}) => {
      const { buffer } = await file.read(Buffer.alloc(1), options);
      return String(buffer);
    };
    // Until it is known what the file system is.
    for (let i = 0; i < 3; i++) await loop.outcome(mode, file.stat());
    await loop.outcome(mode, read({ position: 0 }));
    const once = inline();
    // One behind the other on the one thread: what holds it, a read, what holds it again, a read.
    const [first, last] = [new Fifo(), new Fifo()] as const;
    const { completed } = pool.stats();
    const opens = [fs.open(first.path)];
    const one = read({ inline: false });
    opens.push(fs.open(last.path));
    const two = read({ inline: false });
    first.release(() => pool.stats().completed === completed + 2 && pool.stats().running === 1);
    const three = one.then(() => {
      const request = read();
      last.release(() => pool.stats().running + pool.stats().queued === 0);
      return request;
    });
    const texts = await loop.outcome(mode, Promise.all([one, two, three]));
    expect([...texts, inline()]).toEqual(['h', 'e', 'l', once]);
    expect(await loop.outcome(mode, read())).toBe('l');
    // Where the file system takes such reads at all.
    expect(inline()).toBe(2 * once);
    for (const open of await Promise.all(opens)) await loop.outcome(mode, open.close());
    await loop.outcome(mode, file.close());
  });
});
