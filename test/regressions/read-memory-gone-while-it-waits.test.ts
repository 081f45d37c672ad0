// Trap 19: a read whose turn has no room for it waits for the next one. Where its memory was
// detached or has shrunk by then, there is nothing to read into, and preadv2(2) into nothing says 0:
// the end of the file, to whoever reads it to the end. It is a thread's then, whose answer says that
// the memory is gone.
//
// Without `hasRoom` in lib/pool/fs/reading.ts the reads resolve with 0 bytes.
import * as nodeFs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MODES, TestLoop } from '../pool/support.js';
import { temporaryFolder } from '../support/folder.js';

const SIZE = 64 * 1024;
/** A turn reads a mebibyte at most. */
const BEFORE = 32;

type Resizable = ArrayBuffer & { resize(length: number): void };
/** The library of types is older than these. */
const Resizable = ArrayBuffer as unknown as new (size: number, options: object) => Resizable;

let loop: TestLoop;
let fd: number;

beforeEach(() => {
  loop = new TestLoop({ size: 1 }, true);
  const path = join(temporaryFolder(), 'file');
  nodeFs.writeFileSync(path, Buffer.alloc(SIZE, 7));
  fd = nodeFs.openSync(path, 'r');
});
afterEach(() => {
  loop.close();
  nodeFs.closeSync(fd);
});

it.each(MODES)('is told, and not as the end of the file, %s', async (mode) => {
  await loop.outcome(mode, loop.fs.read(fd, new Uint8Array(1), 0, 1, 0));
  const before = Array.from({ length: BEFORE }, () =>
    loop.fs.read(fd, new Uint8Array(SIZE), 0, SIZE, 0),
  );
  const detached = new Uint8Array(SIZE);
  const shrunk = new Resizable(SIZE, { maxByteLength: SIZE });
  const still = new Uint8Array(SIZE);
  const late = [detached, new Uint8Array(shrunk), new Uint8Array(shrunk, 0, SIZE), still].map(
    (buffer) => loop.fs.read(fd, buffer, 0, SIZE, 0),
  );
  structuredClone(0, { transfer: [detached.buffer] });
  shrunk.resize(10);
  const outcomes = await loop.outcome(mode, Promise.allSettled(late));
  const gone = { status: 'rejected', reason: { code: 'ERR_INVALID_STATE' } };
  expect(outcomes).toMatchObject([gone, gone, gone, { value: { bytesRead: SIZE } }]);
  expect(still.every((byte) => byte === 7)).toBe(true);
  for (const { bytesRead } of await loop.outcome(mode, Promise.all(before))) {
    expect(bytesRead).toBe(SIZE);
  }
});
