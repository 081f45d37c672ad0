// Bytes of what is open, in and out. What a thread reads or writes is memory of the request's own;
// it is copied from JavaScript's before the request is queued, and into it when it is done, where
// that is still there: a buffer may be detached, transferred or shrunk meanwhile.

import { invalidType } from '../../base/errors.js';
import type { Bytes } from '../../binding/index.js';
import type { Batch } from '../batch.js';
import { checked } from './caller.js';
import {
  type Buffers,
  DescriptorRequests,
  type FileDescriptor,
  numberOfFile,
} from './descriptors.js';
import { REFUSED } from './inline/in-memory.js';
import { type FileOptions, readSignal } from './options.js';
import type { FileEncoding } from './path.js';
import {
  checkPosition,
  checkTransfer,
  hasRoom,
  type PlacedOptions,
  placed,
  type Transfer,
  type TransferOptions,
  viewOf,
  writeTransfer,
} from './transfers.js';
import { copyBytes, copyTo, statusOf } from './values.js';
import { UNTRIED } from './work.js';

const READ = { syscall: 'read' };

/** What a read amounts to. */
export interface ReadResult<T> {
  /** 0: the end of the file, or a length of 0. */
  bytesRead: number;
  /** The memory that was given. */
  buffer: T;
}

/** What a write amounts to. */
export interface WriteResult<T> {
  /** It may be less than was given: see write(2). */
  bytesWritten: number;
  /** What was given. */
  buffer: T;
}

/** What a read into several pieces of memory amounts to. */
export interface ReadvResult<T> {
  /** 0: the end of the file. */
  bytesRead: number;
  /** The pieces that were given. */
  buffers: T;
}

/** What a write of several pieces of memory amounts to. */
export interface WritevResult<T> {
  /** It may be less than was given: see writev(2). */
  bytesWritten: number;
  /** What was given. */
  buffers: T;
}

function viewsOf(buffers: Buffers): Uint8Array[] {
  if (!Array.isArray(buffers)) throw invalidType('buffers', 'an array');
  return Array.from(buffers as readonly Bytes[], (buffer, i) => viewOf(`buffers[${i}]`, buffer));
}

const sizeOf = (views: readonly Uint8Array[]) => views.reduce((sum, { length }) => sum + length, 0);

/** Requests for the bytes of what is open. Use `loop.fs`. */
export abstract class ByteRequests extends DescriptorRequests {
  /**
   * Reads into `buffer`. It is written to when the promise resolves, not before: where it was
   * detached or has shrunk by then, the request rejects with an Error ERR_INVALID_STATE, and what
   * was read is gone. See read(2), pread(2).
   *
   * Rejects with a SystemError (EBADF, EISDIR, EIO) that has `syscall`; ESPIPE for a position in
   * what has none; else as `stat` does.
   *
   * @param buffer any memory
   * @param offset where in it to begin, default 0; or options
   * @param length bytes; default: what is left of `buffer`
   * @param position where in the file; default: where it stands, which then moves on
   *
   * @example
   * const { bytesRead, buffer } = await loop.fs.read(fd, new Uint8Array(4096), { position: 0 });
   */
  read<T extends Bytes>(
    file: FileDescriptor,
    buffer: T,
    offset?: number | TransferOptions | null,
    length?: number | null,
    position?: number | bigint | null,
  ): Promise<ReadResult<T>> {
    try {
      const transfer = checkTransfer(buffer, offset, length, position);
      const fd = numberOfFile(file, 'read');
      // The common way makes nothing but its result.
      const files =
        transfer.position >= 0 ? this.work.now(transfer.signal, transfer.inline) : undefined;
      const size = files?.read(fd, transfer.target, transfer.position);
      if (typeof size === 'number') {
        this.work.did('read', size);
        return Promise.resolve({ bytesRead: size, buffer });
      }
      const value = (bytesRead: number) => ({ bytesRead, buffer });
      if (size === REFUSED) return this.#readOnThread(fd, transfer, value);
      return this.#read(file, fd, transfer, value);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Writes `data`, which is copied before this returns. See write(2), pwrite(2).
   *
   * @param data any memory, or text
   * @param offset where in it to begin, default 0; or options. For text: the position
   * @param length bytes; default: what is left of `data`. For text: the encoding
   * @param position where in the file; default: where it stands
   */
  write<T extends Bytes | string>(
    file: FileDescriptor,
    data: T,
    offset?: number | bigint | TransferOptions | null,
    length?: number | FileEncoding | null,
    position?: number | bigint | null,
  ): Promise<WriteResult<T>> {
    return checked(() => {
      const transfer = writeTransfer(data, offset, length, position);
      const fd = numberOfFile(file, 'write');
      const value = (bytesWritten: number) => ({ bytesWritten, buffer: data });
      return this.#write(file, fd, transfer, value);
    });
  }

  /**
   * Reads at a position, and leaves it where the file stands: `read` that cannot do without one.
   * See pread(2).
   *
   * @param position where in the file: bytes, from 0
   */
  pread<T extends Bytes>(
    file: FileDescriptor,
    buffer: T,
    position: number | bigint,
    options?: PlacedOptions,
  ): Promise<ReadResult<T>> {
    return checked(() => this.read(file, buffer, placed(position, options)));
  }

  /** Writes at a position, and leaves it where the file stands. See `pread` and pwrite(2). */
  pwrite<T extends Bytes | string>(
    file: FileDescriptor,
    data: T,
    position: number | bigint,
    options?: PlacedOptions,
  ): Promise<WriteResult<T>> {
    return checked(() => this.write(file, data, placed(position, options)));
  }

  /** Reads into several pieces of memory, one behind the other. See readv(2), preadv(2). */
  readv<T extends Buffers>(
    file: FileDescriptor,
    buffers: T,
    position?: number | bigint | null,
    options?: FileOptions,
  ): Promise<ReadvResult<T>> {
    return checked(() => {
      const signal = readSignal(options);
      const place = checkPosition(position);
      const views = viewsOf(buffers);
      const sizes = views.map(({ length }) => length);
      const fd = numberOfFile(file, 'read');
      const value = (batch: Batch, row: number) => {
        const bytes = batch.bytes(row);
        let at = 0;
        for (const [i, view] of views.entries()) {
          const size = Math.min(sizes[i] as number, bytes.length - at);
          copyBytes(view, bytes.subarray(at, at + size));
          at += size;
        }
        return { bytesRead: bytes.length, buffers };
      };
      const request = this.ask('read', [fd, sizeOf(views), place], READ, value, signal);
      return place < 0 ? this.work.moves(fd, request) : request;
    });
  }

  /** Writes several pieces of memory, one behind the other, as one write. See writev(2). */
  writev<T extends Buffers>(
    file: FileDescriptor,
    buffers: T,
    position?: number | bigint | null,
    options?: FileOptions,
  ): Promise<WritevResult<T>> {
    return checked(() => {
      const signal = readSignal(options);
      const place = checkPosition(position);
      const target = Buffer.concat(viewsOf(buffers));
      const fd = numberOfFile(file, 'write');
      const transfer = { target, position: place, inline: undefined, signal };
      return this.#write(file, fd, transfer, (bytesWritten) => ({ bytesWritten, buffers }));
    });
  }

  #read<T>(
    file: FileDescriptor,
    fd: number,
    transfer: Transfer,
    value: (bytesRead: number) => T,
  ): Promise<T> {
    const { target, position } = transfer;
    const moves = position < 0;
    if (moves && !this.#isStill(file, fd)) return this.#readOnThread(fd, transfer, value);
    let isDone = false;
    let isLate = false;
    const args: [number, number, number] = [fd, target.length, position];
    const copied = (batch: Batch, row: number) => value(copyTo(target, batch, row));
    const request = this.tryOrAsk('read', args, READ, copied, transfer, (files, budget) => {
      // Where the memory is not there any more, a thread's answer says so: nothing read is the end.
      const isForThread = isLate && (moves || !hasRoom(target, args[1]));
      const size = isForThread ? REFUSED : files.read(fd, target, position);
      if (size === REFUSED) return REFUSED;
      isDone = true;
      budget.spend(size);
      return value(size);
    });
    isLate = true;
    return moves && !isDone ? this.work.moves(fd, request) : request;
  }

  #readOnThread<T>(fd: number, transfer: Transfer, value: (bytesRead: number) => T): Promise<T> {
    const { target, position, signal } = transfer;
    const args: [number, number, number] = [fd, target.length, position];
    const copied = (batch: Batch, row: number) => value(copyTo(target, batch, row));
    const request = this.ask('read', args, READ, copied, signal);
    return position < 0 ? this.work.moves(fd, request) : request;
  }

  #write<T>(
    file: FileDescriptor,
    fd: number,
    transfer: Transfer,
    value: (written: number) => T,
  ): Promise<T> {
    const { target, position, signal, inline } = transfer;
    // Not in a later turn: what is written is what it is now.
    const done =
      position >= 0 || this.#isStill(file, fd)
        ? this.work.tryNow('write', signal, inline, (files, budget) => {
            const size = files.write(fd, target, position);
            if (size === REFUSED) return REFUSED;
            budget.spend(size);
            return size === target.length
              ? value(size)
              : this.#writeRest(fd, transfer, size, value);
          })
        : REFUSED;
    if (done !== REFUSED && done !== UNTRIED) return Promise.resolve(done);
    return this.#writeOnThread(fd, transfer, value);
  }

  #writeOnThread<T>(fd: number, transfer: Transfer, value: (written: number) => T): Promise<T> {
    const { target, position, signal } = transfer;
    const args: [number, number, Uint8Array] = [fd, position, target];
    const counted = (batch: Batch, row: number) => value(statusOf(batch, row));
    const request = this.ask('write', args, { syscall: 'write' }, counted, signal);
    return position < 0 ? this.work.moves(fd, request) : request;
  }

  /** Behind the first `size` bytes, which are written whatever becomes of these. */
  #writeRest<T>(
    fd: number,
    transfer: Transfer,
    size: number,
    value: (written: number) => T,
  ): Promise<T> {
    const position = transfer.position < 0 ? -1 : transfer.position + size;
    const rest = { ...transfer, position, target: transfer.target.subarray(size) };
    return this.#writeOnThread(fd, rest, (more) => value(size + more)).catch(() => value(size));
  }

  /**
   * Whether the loop may move where `file` stands. Where that is is the kernel's to lock: whoever
   * has it moves on a thread is waited for.
   */
  #isStill(file: FileDescriptor, fd: number): boolean {
    return typeof file !== 'number' && this.work.isStill(fd);
  }
}
