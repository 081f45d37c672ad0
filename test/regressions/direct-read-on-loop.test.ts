// RWF_NOWAIT says nothing of the device where a file is open with O_DIRECT: preadv2(2) waited for it
// on the loop's thread, where the memory happened to begin at a block of it. And where it did not,
// which a thread's memory rarely did, reads and writes were EINVAL.
//
// In one part, by ReadNowInto of native/jobs/transfers_now_linux.cc, the read is counted as inline; without
// AlignedMemory in native/jobs/fs_transfers.cc reads and writes are EINVAL.
import * as nodeFs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MODES, TestLoop } from '../pool/support.js';
import { temporaryFolder } from '../support/folder.js';

const BLOCK = 4096;
/** The library of types is not that of a browser. */
const { Memory } = (globalThis as unknown as { WebAssembly: Pages }).WebAssembly;
interface Pages {
  Memory: new (size: { initial: number }) => { buffer: ArrayBuffer };
}
const { O_DIRECT, O_RDWR } = nodeFs.constants;

/** One that can be open so; undefined: the file system knows no such way. */
function openDirect(path: string): number | undefined {
  try {
    return nodeFs.openSync(path, O_RDWR | O_DIRECT);
  } catch {
    return undefined;
  }
}

let loop: TestLoop;
let path: string;
let fd: number | undefined;

beforeEach(() => {
  loop = new TestLoop({ size: 1 }, true);
  path = join(temporaryFolder(), 'file');
  nodeFs.writeFileSync(path, Buffer.alloc(2 * BLOCK, 7));
  fd = O_DIRECT === undefined ? undefined : openDirect(path);
});
afterEach(() => {
  loop.close();
  if (fd !== undefined) nodeFs.closeSync(fd);
});

describe.runIf(process.platform === 'linux').each(MODES)(
  'a file open with O_DIRECT, %s',
  (mode) => {
    it('is read and written by threads, from and to any memory', async ({ skip }) => {
      if (fd === undefined) return skip();
      const { fs } = loop;
      // WebAssembly's begins at a page; a Buffer's at 8 bytes, and this one's at one.
      const whole = new Uint8Array(new Memory({ initial: 1 }).buffer, 0, BLOCK);
      const odd = Buffer.alloc(BLOCK + 1, 9).subarray(1);
      // The first takes out of memory what is there of the file, for which it would be refused anyhow.
      await loop.outcome(mode, fs.read(fd, whole, 0, BLOCK, 0));
      const { bytesRead } = await loop.outcome(mode, fs.read(fd, whole, 0, BLOCK, 0));
      expect([bytesRead, whole.every((byte) => byte === 7)]).toEqual([BLOCK, true]);
      const { bytesWritten } = await loop.outcome(mode, fs.write(fd, odd, 0, BLOCK, BLOCK));
      expect(bytesWritten).toBe(BLOCK);
      await loop.outcome(mode, fs.read(fd, odd.fill(0), 0, BLOCK, BLOCK));
      expect(odd.every((byte) => byte === 9)).toBe(true);
      expect(loop.pool.stats().lanes.fs).toMatchObject({ inline: 0 });
      await expect(loop.outcome(mode, fs.read(fd, odd, 0, 100, 0))).rejects.toMatchObject({
        code: 'EINVAL',
      });
    });
  },
);
