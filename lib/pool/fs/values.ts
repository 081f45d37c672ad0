// What the completions of file requests amount to: the last argument of a FileCall.

import { codedError } from '../../base/errors.js';
import { native } from '../../binding/index.js';
import { check } from '../../raw/errors.js';
import type { Batch } from '../batch.js';
import type { Content } from './path.js';
import { BigIntStatFs, STATFS_MOUNTED, StatFs } from './statfs.js';
import { BigIntStats, Stats } from './stats.js';

/** How names are told: as text, or as the bytes that the kernel has. */
export type NameEncoding = TextEncoding | 'buffer';

/** How names are told as text. */
export type TextEncoding = 'utf8' | 'utf-8';

export function nothing(): void {}

/** A count: of bytes written, say. */
export function statusOf(batch: Batch, row: number): number {
  return batch.status(row);
}

export function statsOf(batch: Batch, row: number): Stats {
  return new Stats(batch.numbers, batch.place(row));
}

export function bigintStatsOf(batch: Batch, row: number): BigIntStats {
  return new BigIntStats(batch.integers, batch.place(row));
}

export function statFsOf(batch: Batch, row: number): StatFs {
  return new StatFs(batch.numbers, batch.place(row));
}

export function bigintStatFsOf(batch: Batch, row: number): BigIntStatFs {
  return new BigIntStatFs(batch.integers, batch.place(row));
}

/** What a file system is, as far as requests without a thread have to know. */
export interface FileSystem {
  /** The kernel's number for its kind. */
  readonly type: number;
  /** ST_* of statvfs(3). */
  readonly mounted: number;
  readonly freeBytes: number;
}

export function fileSystemOf(batch: Batch, row: number): FileSystem {
  const { type, bavail, bsize } = statFsOf(batch, row);
  const mounted = batch.numbers[batch.place(row) + STATFS_MOUNTED] as number;
  return { type, mounted, freeBytes: bavail * bsize };
}

/** A float64. */
export function numberOf(batch: Batch, row: number): number {
  return batch.numbers[batch.place(row)] as number;
}

/** The result in a Buffer of its own: not of the host's slab, as it may be transferred. */
export function bufferOf(batch: Batch, row: number): Content {
  const size = batch.size(row);
  const buffer = Buffer.allocUnsafeSlow(size);
  copyTo(buffer, batch, row);
  return buffer;
}

/** The result in memory that is the next batch's. */
export function viewOf(batch: Batch, row: number): Uint8Array {
  const place = batch.place(row);
  if (place < 0) return bufferOf(batch, row);
  const { buffer, BYTES_PER_ELEMENT } = batch.numbers;
  return new Uint8Array(buffer, place * BYTES_PER_ELEMENT, batch.size(row));
}

/**
 * Copies the result into `target`: how many bytes.
 *
 * @throws Error ERR_INVALID_STATE when it has no room for them any more
 */
export function copyTo(target: Uint8Array, batch: Batch, row: number): number {
  const size = batch.size(row);
  if (size === 0) return 0;
  if (target.length < size) throw noRoom();
  const place = batch.place(row);
  const { buffer, BYTES_PER_ELEMENT } = batch.numbers;
  // What V8 compiled (Node 20) may still see the length of detached memory, where it has met memory
  // that can be resized as well: then the copy is refused.
  try {
    if (place < 0) return batch.takeBytes(row, target, 0);
    target.set(new Uint8Array(buffer, place * BYTES_PER_ELEMENT, size));
    return size;
  } catch {
    throw noRoom();
  }
}

/** The same of bytes that were taken. */
export function copyBytes(target: Uint8Array, bytes: Uint8Array): void {
  if (target.length < bytes.length) throw noRoom();
  try {
    target.set(bytes);
  } catch {
    throw noRoom();
  }
}

function noRoom(): Error {
  const message = 'The memory to read into was detached, or has shrunk, while the request ran';
  return codedError(Error, 'ERR_INVALID_STATE', message);
}

export function textOf(batch: Batch, row: number): string {
  return bufferOf(batch, row).toString();
}

export function bytesOf(batch: Batch, row: number): Uint8Array {
  return batch.bytes(row);
}

/** A path, as `encoding` says. */
export function nameOf(encoding: NameEncoding): (batch: Batch, row: number) => string | Uint8Array {
  return encoding === 'buffer' ? bytesOf : textOf;
}

/** What the folders that were made begin with; nothing where all were there. */
export function firstMadeOf(batch: Batch, row: number): string | undefined {
  return batch.size(row) === 0 ? undefined : textOf(batch, row);
}

/** A descriptor, which is ours from here on: where nobody asks for it the job closes it. */
export function descriptorOf(batch: Batch, row: number): number {
  const fd = new Int32Array(1);
  batch.takeBytes(row, fd, 0);
  check(native.adopt(fd[0] as number), 'open');
  return fd[0] as number;
}
