// What requests of loop.fs hand on to the kernel besides names and bytes: flags, owners, kinds of
// entries, numbers of any size.
// Tried without its guard: without O_SYNC in #writeFile the descriptor of a write that is to be flushed
// has none; with ids of 31 bits nobody's file is refused; with the places of another entry in dirent.ts
// kinds are wrong; without Symbol.asyncDispose folders stay open.
import { spawnSync } from 'node:child_process';
import * as nodeFs from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardDescriptors } from '../support/descriptors.js';
import { temporaryFolder } from '../support/folder.js';
import { until } from './held.js';
import { ENTRY_KINDS, MODES, TestLoop } from './support.js';

guardDescriptors();
const { O_NONBLOCK, O_RDWR, O_SYNC } = nodeFs.constants;
let folder: string;
let path: string;
let loop: TestLoop;

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'file');
  nodeFs.writeFileSync(path, 'text');
  loop = new TestLoop({ size: 1 });
});
afterEach(() => loop.close());

/** The flags of the descriptors other than `but` that lead to `name`. */
function flagsOf(name: string, but: number): number[] {
  return nodeFs.readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      if (Number(fd) === but || nodeFs.readlinkSync(`/proc/self/fd/${fd}`) !== name) return [];
      const info = nodeFs.readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1');
      return [Number.parseInt(/^flags:\s*(\d+)/m.exec(info)?.[1] ?? '', 8)];
    } catch {
      return [];
    }
  });
}

describe.each(MODES)('loop.fs, %s', (mode) => {
  it.runIf(process.platform === 'linux')('writes through to the device if it is to', async () => {
    const fifo = join(nodeFs.realpathSync(folder), 'fifo');
    spawnSync('mkfifo', [fifo]);
    const reader = nodeFs.openSync(fifo, O_RDWR | O_NONBLOCK);
    const seen: boolean[] = [];
    for (const flush of [true, false]) {
      // More than a pipe holds: the thread waits, with its descriptor open.
      const written = loop.fs.writeFile(fifo, Buffer.alloc(100_000), { flush, flag: 'r+' });
      let flags: number[] = [];
      until(() => {
        flags = flagsOf(fifo, reader);
        return flags.length > 0;
      });
      seen.push(flags.every((each) => (each & O_SYNC) === O_SYNC));
      let left = 100_000;
      const piece = Buffer.alloc(65_536);
      until(() => {
        try {
          left -= nodeFs.readSync(reader, piece);
        } catch (error) {
          expect(error).toMatchObject({ code: 'EAGAIN' });
        }
        return left === 0;
      });
      await loop.outcome(mode, written);
    }
    nodeFs.closeSync(reader);
    expect(seen).toEqual([true, false]);
  });

  it.runIf(process.getuid?.() === 0)('takes owners of 32 bits', async () => {
    for (const id of [65, 65_534, 2 ** 31, 2 ** 32 - 2]) {
      await loop.outcome(mode, loop.fs.chown(path, id, id - 1));
      const { uid, gid } = nodeFs.statSync(path);
      expect([uid, gid]).toEqual([id, id - 1]);
      await loop.outcome(mode, loop.fs.lchown(path, -1, 7));
      expect([nodeFs.statSync(path).uid, nodeFs.statSync(path).gid]).toEqual([id, 7]);
    }
  });

  it('tells the kind of each entry', async () => {
    nodeFs.mkdirSync(join(folder, 'folder'));
    nodeFs.symlinkSync('file', join(folder, 'link'));
    spawnSync('mkfifo', [join(folder, 'fifo')]);
    const server = createServer().listen(join(folder, 'socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    const kinds = (entries: readonly nodeFs.Dirent[]) =>
      entries.map((entry) => `${entry.name} ${ENTRY_KINDS.filter((each) => entry[each]())}`).sort();
    for (const where of [folder, '/dev']) {
      const request = loop.fs.readdir(where, { withFileTypes: true });
      const entries = (await loop.outcome(mode, request)) as unknown as nodeFs.Dirent[];
      expect(kinds(entries)).toEqual(kinds(nodeFs.readdirSync(where, { withFileTypes: true })));
    }
    server.close();
  });

  it('closes a folder with its block', async () => {
    const work = async () => {
      await using dir = await loop.fs.opendir(folder);
      await dir.read();
      return dir;
    };
    const dir = await loop.outcome(mode, work());
    await expect(dir.read()).rejects.toMatchObject({ code: 'ERR_DIR_CLOSED' });
  });

  it('tells of a file system in BigInts', async () => {
    const told = await loop.outcome(mode, loop.fs.statfs(folder, { bigint: true }));
    const { type, bsize, blocks, files } = nodeFs.statfsSync(folder, { bigint: true });
    expect(told).toMatchObject({ type, bsize, blocks, files });
    expect(typeof told.bavail).toBe('bigint');
  });

  it('takes times as text, and refuses what is none', async () => {
    await loop.outcome(mode, loop.fs.utimes(path, '1.5', '2.25'));
    const { atimeMs, mtimeMs } = nodeFs.statSync(path);
    expect([atimeMs, mtimeMs]).toEqual([1500, 2250]);
    for (const time of ['', ' ', 'now', Number.NaN, 1e300, null, {}]) {
      await expect(loop.fs.utimes(path, time as never, 1)).rejects.toMatchObject({
        code: expect.stringMatching(/^ERR_(INVALID_ARG_TYPE|OUT_OF_RANGE)$/),
      });
    }
  });

  it('refuses what is no content', async () => {
    for (const data of [5, null, undefined, true, {}, Symbol('x')]) {
      const request = loop.fs.writeFile(path, data as never);
      await expect(request).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    }
    expect(nodeFs.readFileSync(path, 'latin1')).toBe('text');
  });
});
