// Files in memory, as far as turns, threads and ends go: how much a turn copies, what waits for the next
// one, and what is let go of.
// Tried without its guard: without `spend` in `did`, in #read of reading.ts or in readFile the pieces are
// read in few turns; without the `catch` in FileWork#try a request that no thread takes ends the turn;
// without `native.close` in #readLarge the file that is too large stays open; without `isDone` in #read
// the second read at once is a thread's; with paths of bytes taken for text they throw; without F_SETFL
// in OpenNow what is open does not block.
import * as nodeFs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { native } from '../../lib/binding/index.js';
import { MAX_BYTES } from '../../lib/pool/fs/inline/in-memory.js';
import { Refusals } from '../../lib/pool/fs/inline/refusals.js';
import { countDescriptors, guardDescriptors } from '../support/descriptors.js';
import { temporaryFolder } from '../support/folder.js';
import { holdingThreads } from './held.js';
import { MODES, TestLoop } from './support.js';

guardDescriptors();
const hold = holdingThreads();
const COUNT = 64;
const F_GETFL = 3;
let folder: string;
let path: string;
let loop: TestLoop;

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'file');
  nodeFs.writeFileSync(path, Buffer.alloc(COUNT * 1024, 'x'));
  loop = new TestLoop({ size: 1, maxQueued: 30 }, true);
});
afterEach(() => loop.close());

const inline = (kind: string) => loop.pool.stats().kinds[kind]?.inline ?? 0;

describe.runIf(process.platform === 'linux').each(MODES)('files in memory, %s', (mode) => {
  /** The outcome of `work`, once it is known on which file system `path` is. */
  const known = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let i = 0; i < 3; i++) await loop.outcome(mode, loop.fs.stat(path));
    return loop.outcome(mode, work());
  };

  it.each(['read', 'read where it stands', 'readFile'] as const)(
    'have a mebibyte of a turn, whatever reads them: %s',
    async (how) => {
      nodeFs.writeFileSync(path, Buffer.alloc(how === 'readFile' ? MAX_BYTES : COUNT * MAX_BYTES));
      const before = loop.meter.iterations;
      const size = await known(async () => {
        const file = await loop.fs.open(path);
        let bytes = 0;
        const buffer = Buffer.alloc(MAX_BYTES);
        for (let i = 0; i < COUNT; i++) {
          if (how === 'readFile') bytes += (await loop.fs.readFile(path)).length;
          else {
            const position = how === 'read' ? 0 : null;
            bytes += (await file.read(buffer, { position })).bytesRead;
          }
        }
        await file.close();
        return bytes;
      });
      expect(size).toBe(COUNT * MAX_BYTES);
      expect(loop.meter.iterations - before).toBeGreaterThanOrEqual(size / 2 ** 20);
    },
  );

  it('reject where a thread is to do them, and the queue is full', async () => {
    const held = hold(loop);
    // Of procfs nothing is in memory: that is known when its turn has come.
    const all = Array.from({ length: 2000 }, () => loop.fs.readFile('/proc/version'));
    const told = loop.outcome(mode, Promise.allSettled(all));
    // As many as may wait in the queue keep the loop until the thread is let go.
    let left = all.length - 30;
    for (const each of all) each.catch(() => --left === 0 && held.release());
    const outcomes = await told;
    const codes = outcomes.map((each) => (each.status === 'rejected' ? each.reason.code : 'read'));
    expect(codes.filter((code) => code === 'read')).toHaveLength(30);
    expect(new Set(codes)).toEqual(new Set(['read', 'ERR_POOL_QUEUE_FULL']));
  });

  it('of an aborted signal reject, also where there is no turn for them', async () => {
    const signal = AbortSignal.abort('before');
    await known(() => loop.fs.stat(path));
    const before = inline('stat');
    const all = Array.from({ length: 400 }, () => loop.fs.stat(path));
    const aborted = Array.from({ length: 10 }, () => loop.fs.stat(path, { signal }));
    for (const each of await Promise.allSettled(aborted)) {
      expect(each).toMatchObject({ reason: { code: 'ABORT_ERR', cause: 'before' } });
    }
    await loop.outcome(mode, Promise.allSettled(all));
    expect(inline('stat') - before).toBeLessThanOrEqual(all.length);
  });

  it('are not read for a loop that is closed', async () => {
    const file = await known(() => loop.fs.open(path));
    const fd = nodeFs.openSync(path, 'r');
    loop.close();
    for (const request of [
      loop.fs.read(fd, Buffer.alloc(1), { position: 0 }),
      loop.fs.stat(path),
      loop.fs.readFile(path),
      loop.fs.fstat(fd),
      loop.fs.open(path),
    ]) {
      await expect(request).rejects.toMatchObject({ code: 'ERR_LOOP_CLOSED' });
    }
    nodeFs.closeSync(fd);
    await file.close();
  });

  it('may have names of bytes, and are read where they stand also twice at once', async () => {
    const [content, texts, size] = await known(async () => {
      const file = await loop.fs.open(Buffer.from(path));
      // It was opened so that nothing is waited for, which who has it did not ask for.
      expect((native.fcntl(file.fd, F_GETFL) & nodeFs.constants.O_NONBLOCK) === 0).toBe(true);
      nodeFs.writeFileSync(path, 'hello world');
      const reads = [file.read(Buffer.alloc(5)), file.read(Buffer.alloc(6))];
      const parts = (await Promise.all(reads)).map(({ buffer }) => String(buffer));
      await file.close();
      const { size: bytes } = await loop.fs.stat(Buffer.from(path));
      return [await loop.fs.readFile(Buffer.from(path), 'latin1'), parts, bytes] as const;
    });
    expect([content, texts, size]).toEqual(['hello world', ['hello', ' world'], 11]);
    if (inline('read') > 0) expect([inline('read'), inline('readFile')]).toEqual([2, 1]);
  });

  it('that were opened when they are aborted are closed', async () => {
    await known(() => loop.fs.stat(path));
    const before = countDescriptors();
    for (let i = 0; i < 5; i++) {
      const controller = new AbortController();
      const request = loop.fs.open(path, 'r', undefined, { signal: controller.signal });
      controller.abort();
      await expect(loop.outcome(mode, request)).rejects.toMatchObject({ code: 'ABORT_ERR' });
    }
    // What a thread has opened it closes with a completion.
    while (loop.pool.stats().running > 0) await loop.outcome(mode, loop.fs.access(path));
    await loop.outcome(mode, loop.fs.access(path));
    expect(countDescriptors()).toBe(before);
  });

  it('that are too large to be read whole are let go of', async () => {
    nodeFs.truncateSync(path, 2 ** 31);
    const before = countDescriptors();
    for (let i = 0; i < 3; i++) {
      const request = known(() => loop.fs.readFile(path));
      await expect(request).rejects.toMatchObject({ code: 'ERR_FS_FILE_TOO_LARGE' });
    }
    // The pool's wake-up.
    expect(countDescriptors() - before).toBe(1);
  });

  it('hold back who waits for room in the pool, as they have in its queue', async () => {
    await known(() => loop.fs.stat(path));
    if (inline('stat') === 0) return;
    const told: string[] = [];
    const all = Array.from({ length: 1000 }, () => loop.fs.stat(path));
    const waits = [undefined, 'fs', 'crypto'].map((lane) =>
      loop.pool.drained(lane).then(() => void told.push(lane ?? 'all')),
    );
    for (let i = 0; i < 20; i++) await undefined;
    expect(told).toEqual(['crypto']);
    await loop.outcome(mode, Promise.allSettled(all));
    await Promise.all(waits);
  });
});

describe('who refuses', () => {
  const tries = (refusals: Refusals, count: number) =>
    Array.from({ length: count }, () => refusals.tries(5)).filter(Boolean).length;

  it('is tried one time in 64 after 16 refusals in a row, until it does not', () => {
    const refusals = new Refusals();
    for (let i = 0; i < 15; i++) refusals.told(5, true);
    expect(tries(refusals, 128)).toBe(128);
    refusals.told(5, false);
    for (let i = 0; i < 15; i++) refusals.told(5, true);
    expect(tries(refusals, 128)).toBe(128);
    refusals.told(5, true);
    expect(tries(refusals, 640)).toBe(10);
    // For ever: the count has an end, and begins again.
    expect(tries(refusals, 64 * 2048)).toBeGreaterThan(2000);
    refusals.told(6, true);
    expect(refusals.tries(6)).toBe(true);
    refusals.told(5, false);
    expect(tries(refusals, 128)).toBe(128);
  });
});
