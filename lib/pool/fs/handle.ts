// A file that is open, in the shape of Node's FileHandle: it has its descriptor until it is closed,
// and closes it when it is forgotten. Its methods are those of `loop.fs`, with its descriptor.

import { isAnyArrayBuffer } from '../../base/realms.js';
import { SHOWN, shown } from '../../base/shown.js';
import { type Bytes, native } from '../../binding/index.js';
import type { Handle } from '../../loop/handle.js';
import { Owner } from '../../loop/owners.js';
import { fileError } from '../../raw/errors.js';
import type { Handlers } from '../../stream/handlers.js';
import type { Written } from './chunks.js';
import { type Buffers, EBADF, FILE_NUMBER, type OpenFile, type Whence } from './descriptors.js';
import type { FileOptions, FileTime } from './options.js';
import type { Content, FileEncoding } from './path.js';
import type {
  ByteRequests,
  ReadResult,
  ReadvResult,
  WriteResult,
  WritevResult,
} from './reading.js';
import type { BigIntStats, Stats } from './stats.js';
import type { BigIntOptions, NumberOptions, StatOptions } from './status.js';
import type { FileReadOptions, FileWriteOptions } from './stream/options.js';
import type { FileReadHandlers, FileReadStream } from './stream/read-stream.js';
import type { StreamedFile } from './stream/source.js';
import type { FileWriteHandlers, FileWriteStream } from './stream/write-stream.js';
import type { TransferOptions } from './transfers.js';
import type { ReadFileOptions, WriteFileOptions } from './whole.js';

/** What it asks for. @internal */
export interface HandleRequests extends ByteRequests {
  readRest(file: OpenFile, options?: FileEncoding | ReadFileOptions): Promise<Content | string>;
  writeRest(
    file: OpenFile,
    data: Written,
    options?: FileEncoding | WriteFileOptions,
  ): Promise<void>;
  closeOpen(fd: number): Promise<void>;
  readStreamOf(
    file: StreamedFile,
    options: FileReadOptions | undefined,
    handlers: Handlers<Handle> | undefined,
  ): FileReadStream;
  writeStreamOf(
    file: StreamedFile,
    options: FileWriteOptions | undefined,
    handlers: Handlers<Handle> | undefined,
  ): FileWriteStream;
}

/** Options of `FileHandle.read`, with the memory among them. */
export interface HandleReadOptions<T extends Bytes> extends TransferOptions {
  /** Any memory. */
  buffer?: T | undefined;
}

const DEFAULT_READ_BYTES = 16_384;

/** What is neither memory nor taken for it. */
function isOptions(given: unknown): given is HandleReadOptions<Bytes> | undefined {
  if (given === undefined) return true;
  return (
    typeof given === 'object' &&
    given !== null &&
    !ArrayBuffer.isView(given) &&
    !isAnyArrayBuffer(given) &&
    !Array.isArray(given)
  );
}

/** What is left of a FileHandle that was forgotten. */
interface Left {
  readonly fd: number;
  readonly owner: Owner;
}

/** Closes what was forgotten, behind the requests that have it; not what others have closed since. */
const forgotten = new FinalizationRegistry<Left>(({ fd, owner }) => {
  if (owner.stillOwns(fd)) native.closeFile(fd);
});

/** An open file. Made by `loop.fs.open`. */
export class FileHandle implements OpenFile {
  readonly #files: HandleRequests;
  #fd: number;
  readonly #owner = new Owner();
  #closed: Promise<void> | undefined;

  /** @internal */
  constructor(files: HandleRequests, fd: number) {
    this.#files = files;
    this.#fd = fd;
    this.#owner.own(fd);
    forgotten.register(this, { fd, owner: this.#owner }, this);
  }

  /** The descriptor; -1 once it is closed. It is borrowed: who closes it breaks the handle. */
  get fd(): number {
    return this.#fd;
  }

  /** @internal */
  get [FILE_NUMBER](): number {
    return this.#fd;
  }

  /**
   * Reads into `buffer`: see `loop.fs.read`. With options alone into theirs; default: 16 KiB of its
   * own.
   */
  read<T extends Bytes>(
    buffer: T,
    offset?: number | TransferOptions | null,
    length?: number | null,
    position?: number | bigint | null,
  ): Promise<ReadResult<T>>;
  read<T extends Bytes = Content>(options?: HandleReadOptions<T>): Promise<ReadResult<T>>;
  read(
    buffer: Bytes | HandleReadOptions<Bytes> | undefined,
    offset?: number | TransferOptions | null,
    length?: number | null,
    position?: number | bigint | null,
  ): Promise<ReadResult<Bytes>> {
    if (!isOptions(buffer)) return this.#files.read(this, buffer, offset, length, position);
    const { buffer: given = Buffer.alloc(DEFAULT_READ_BYTES), ...where } = { ...buffer };
    return this.#files.read(this, given, where);
  }

  /** Writes `data`: see `loop.fs.write`. */
  write<T extends Bytes | string>(
    data: T,
    offset?: number | bigint | TransferOptions | null,
    length?: number | FileEncoding | null,
    position?: number | bigint | null,
  ): Promise<WriteResult<T>> {
    return this.#files.write(this, data, offset, length, position);
  }

  /** Reads into several pieces of memory: see `loop.fs.readv`. */
  readv<T extends Buffers>(
    buffers: T,
    position?: number | bigint | null,
    options?: FileOptions,
  ): Promise<ReadvResult<T>> {
    return this.#files.readv(this, buffers, position, options);
  }

  /** Writes several pieces of memory: see `loop.fs.writev`. */
  writev<T extends Buffers>(
    buffers: T,
    position?: number | bigint | null,
    options?: FileOptions,
  ): Promise<WritevResult<T>> {
    return this.#files.writev(this, buffers, position, options);
  }

  /** All from where the file stands to its end: see `loop.fs.readFile`. */
  readFile(
    options?: ReadFileOptions & { encoding?: undefined | null | 'buffer' },
  ): Promise<Content>;
  readFile(options: FileEncoding | (ReadFileOptions & { encoding: FileEncoding })): Promise<string>;
  readFile(options?: FileEncoding | ReadFileOptions): Promise<Content | string>;
  readFile(options?: FileEncoding | ReadFileOptions): Promise<Content | string> {
    return this.#files.readRest(this, options);
  }

  /** Writes all of `data` to where the file stands: see `loop.fs.writeFile`. */
  writeFile(data: Written, options?: FileEncoding | WriteFileOptions): Promise<void> {
    return this.#files.writeRest(this, data, options);
  }

  /** The same: in a file that was opened with 'a' all is appended. */
  appendFile(data: Written, options?: FileEncoding | WriteFileOptions): Promise<void> {
    return this.#files.writeRest(this, data, options);
  }

  /** What the kernel knows of it: see `loop.fs.fstat`. */
  stat(options?: NumberOptions): Promise<Stats>;
  stat(options: BigIntOptions): Promise<BigIntStats>;
  stat(options?: StatOptions): Promise<Stats | BigIntStats>;
  stat(options?: StatOptions): Promise<Stats | BigIntStats> {
    return this.#files.fstat(this, options);
  }

  /** Sets permissions: see `loop.fs.chmod`. */
  chmod(mode: number | string, options?: FileOptions): Promise<void> {
    return this.#files.fchmod(this, mode, options);
  }

  /** Sets owner and group: see `loop.fs.chown`. */
  chown(uid: number, gid: number, options?: FileOptions): Promise<void> {
    return this.#files.fchown(this, uid, gid, options);
  }

  /** Sets times: see `loop.fs.utimes`. */
  utimes(atime: FileTime, mtime: FileTime, options?: FileOptions): Promise<void> {
    return this.#files.futimes(this, atime, mtime, options);
  }

  /** Makes it `length` bytes long: see `loop.fs.truncate`. */
  truncate(length?: number, options?: FileOptions): Promise<void> {
    return this.#files.ftruncate(this, length, options);
  }

  /** Waits until the device has it all: see `loop.fs.fsync`. */
  sync(options?: FileOptions): Promise<void> {
    return this.#files.fsync(this, options);
  }

  /** Waits until the device has what was written: see `loop.fs.fdatasync`. */
  datasync(options?: FileOptions): Promise<void> {
    return this.#files.fdatasync(this, options);
  }

  /** Sets where it stands: see `loop.fs.seek`. */
  seek(offset: number, whence?: Whence, options?: FileOptions): Promise<number> {
    return this.#files.seek(this, offset, whence, options);
  }

  /** Reads it as a stream, which closes it at the end: see `loop.fs.createReadStream`. */
  createReadStream<Data = unknown>(
    options?: FileReadOptions,
    handlers?: FileReadHandlers<Data>,
  ): FileReadStream<Data> {
    const given = handlers as Handlers<Handle> | undefined;
    return this.#files.readStreamOf(this, options, given) as FileReadStream<Data>;
  }

  /** Writes it as a stream, which closes it at the end: see `loop.fs.createWriteStream`. */
  createWriteStream<Data = unknown>(
    options?: FileWriteOptions,
    handlers?: FileWriteHandlers<Data>,
  ): FileWriteStream<Data> {
    const given = handlers as Handlers<Handle> | undefined;
    return this.#files.writeStreamOf(this, options, given) as FileWriteStream<Data>;
  }

  /**
   * Closes it, behind the requests that have it; those that come later reject with EBADF.
   * Idempotent. Rejects as `loop.fs.close` does.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #close(): Promise<void> {
    const isOurs = this.#owner.stillOwns(this.#fd);
    const fd = this.#leave();
    return isOurs ? this.#files.closeOpen(fd) : Promise.reject(fileError(EBADF, 'close'));
  }

  /** Closes at once what nobody was given. @internal */
  drop(): void {
    native.closeFile(this.#leave());
  }

  #leave(): number {
    const fd = this.#fd;
    this.#fd = -1;
    this.#owner.disown(fd);
    forgotten.unregister(this);
    return fd;
  }

  /** The same as `close()`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @internal */
  [SHOWN](): string {
    return shown('FileHandle', this.#fd < 0 ? 'closed' : `fd: ${this.#fd}`);
  }
}
