// Opening files, and whole files at once.
import { constants } from 'node:fs';
import { checkInteger } from '../../base/validate.js';
import { type Bytes, native } from '../../binding/index.js';
import { check } from '../../raw/errors.js';
import type { Batch } from '../batch.js';
import type { ValueOf } from './call.js';
import { checked } from './caller.js';
import { type Chunks, isChunks, type Written, writeChunks } from './chunks.js';
import { type FileDescriptor, numberOfFile } from './descriptors.js';
import { FileHandle, type HandleRequests } from './handle.js';
import { type FilesInMemory, LARGE, MAX_BYTES, REFUSED } from './inline/in-memory.js';
import { checkFlags, checkMode, type FileOptions, readSignal } from './options.js';
import { type Content, type FileEncoding, type Path, toPath } from './path.js';
import { readInPieces } from './pieces.js';
import { ByteRequests } from './reading.js';
import { contentOf } from './transfers.js';
import { bufferOf, descriptorOf } from './values.js';
import {
  type ReadFileOptions,
  readReadOptions,
  readWriteOptions,
  type WriteFileOptions,
} from './whole.js';

/** What a request may transfer; larger files are refused by a thread, with the error. */
const MAX_CONTENT_BYTES = 0x7ffff000;

const COPY_FLAGS =
  constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE | constants.COPYFILE_FICLONE_FORCE;

/** Requests on content. Use `loop.fs`. */
export abstract class ContentRequests extends ByteRequests {
  /**
   * Opens a file, close-on-exec. See open(2).
   *
   * Rejects as `stat` does; EEXIST, EMFILE, ENFILE, EROFS, ETXTBSY as well.
   *
   * @param flags Node's letters, default 'r', or O_* numbers
   * @param mode permissions, where it is made: default 0o666
   *
   * @example
   * await using file = await loop.fs.open('package.json');
   * const { buffer } = await file.read(new Uint8Array(100));
   */
  open(
    path: Path,
    flags?: string | number,
    mode?: number | string,
    options?: FileOptions,
  ): Promise<FileHandle> {
    return checked(() => {
      const signal = readSignal(options);
      const [how, permissions] = [checkFlags(flags, 'r'), checkMode(mode, 0o666)];
      const checkedPath = toPath(path);
      const value = (batch: Batch, row: number) => this.#made(descriptorOf(batch, row));
      const about = { syscall: 'open', path: checkedPath };
      const args: [string | Uint8Array, number, number] = [checkedPath, how, permissions];
      const where = { signal, inline: undefined };
      const attempt = (files: FilesInMemory) => {
        const fd = files.open(checkedPath, how, about);
        return fd === REFUSED ? REFUSED : this.#made(fd);
      };
      return this.tryOrAsk('open', args, about, value, where, attempt, (file) => file.drop());
    });
  }

  /**
   * The content of a file, up to its end; of a FileHandle, from where it stands. See read(2).
   *
   * Rejects as `stat` does; with EISDIR for a folder, and an Error ERR_FS_FILE_TOO_LARGE for
   * 2 GiB or more.
   *
   * @param options an encoding, of which it is text then, or options
   *
   * @example
   * const { version } = JSON.parse(await loop.fs.readFile('package.json', 'utf8'));
   */
  readFile(
    path: Path | FileHandle,
    options?: ReadFileOptions & { encoding?: undefined | null | 'buffer' },
  ): Promise<Content>;
  readFile(
    path: Path | FileHandle,
    options: FileEncoding | (ReadFileOptions & { encoding: FileEncoding }),
  ): Promise<string>;
  readFile(
    path: Path | FileHandle,
    options?: FileEncoding | ReadFileOptions,
  ): Promise<Content | string>;
  readFile(
    path: Path | FileHandle,
    options?: FileEncoding | ReadFileOptions,
  ): Promise<Content | string> {
    return checked(() => {
      if (path instanceof FileHandle) return this.readRest(path, options);
      const where = readReadOptions(options);
      const { encoding, flags } = where;
      const checkedPath = toPath(path);
      const about = { syscall: 'read', path: checkedPath };
      const value = contentAs(encoding);
      const args: [string | Uint8Array, number] = [checkedPath, flags];
      return this.tryOrAsk<Content | string, 'readFile'>(
        'readFile',
        args,
        about,
        value,
        where,
        (files, budget) => {
          const content = files.readFile(checkedPath, flags, about);
          if (content === LARGE) return this.#readLarge(files, checkedPath, where);
          if (content === REFUSED) return REFUSED;
          budget.spend(content.length);
          return encoding === undefined ? content : content.toString(encoding);
        },
      );
    });
  }

  /**
   * Writes a file whole: what it had is gone; to a FileHandle, where it stands. `data` is copied
   * before this returns, but for what is iterated, which is written as it comes. See write(2).
   *
   * Rejects as `stat` does; with ENOSPC, EDQUOT, EFBIG where there is no room: then part of it may
   * be written.
   */
  writeFile(
    path: Path | FileHandle,
    data: Written,
    options?: FileEncoding | WriteFileOptions,
  ): Promise<void> {
    return checked(() => this.#writeFile(path, data, options, 'w'));
  }

  /** The same behind what it has; it is made where it is not there. */
  appendFile(
    path: Path | FileHandle,
    data: Written,
    options?: FileEncoding | WriteFileOptions,
  ): Promise<void> {
    return checked(() => this.#writeFile(path, data, options, 'a'));
  }

  /**
   * Copies content and permissions of a file, in the kernel where it can: copy_file_range(2). A
   * copy that fails is removed.
   *
   * Rejects as `stat` does, with `dest` as well; ENOTSUP where blocks had to be shared and cannot.
   *
   * @param mode COPYFILE_* of `node:fs`: EXCL, not to replace a file; FICLONE, to share blocks
   *   where the file system can (reflink); FICLONE_FORCE, or to fail
   */
  copyFile(src: Path, dest: Path, mode?: number, options?: FileOptions): Promise<void> {
    return checked(() => {
      const signal = readSignal(options);
      const flags = mode === undefined ? 0 : checkInteger('mode', mode, 0, COPY_FLAGS);
      const [path, target] = [toPath(src, 'src'), toPath(dest, 'dest')];
      const about = { syscall: 'copyfile', path, dest: target };
      return this.do('copyFile', [path, target, flags], about, signal);
    });
  }

  // For FileHandle, by the classes above.
  /** @internal */
  abstract readStreamOf(
    ...args: Parameters<HandleRequests['readStreamOf']>
  ): ReturnType<HandleRequests['readStreamOf']>;
  /** @internal */
  abstract writeStreamOf(
    ...args: Parameters<HandleRequests['writeStreamOf']>
  ): ReturnType<HandleRequests['writeStreamOf']>;

  /** For FileHandle. @internal */
  readRest(
    file: FileDescriptor,
    options: FileEncoding | ReadFileOptions | undefined,
  ): Promise<Content | string> {
    return checked(() => {
      const { signal, encoding } = readReadOptions(options);
      const fd = numberOfFile(file, 'read');
      const value = contentAs(encoding);
      return this.work.moves(fd, this.ask('readRest', [fd], { syscall: 'read' }, value, signal));
    });
  }

  /** For FileHandle. @internal */
  writeRest(
    file: FileDescriptor,
    data: Written,
    options?: FileEncoding | WriteFileOptions,
  ): Promise<void> {
    return checked(() => {
      const { signal, encoding } = readWriteOptions(options, 'w');
      if (isChunks(data)) return this.#writeChunks(file, data, { encoding, signal });
      const bytes = contentOf('data', data, encoding);
      return this.do(
        'writeRest',
        [numberOfFile(file, 'write'), bytes],
        { syscall: 'write' },
        signal,
      );
    });
  }

  /**
   * For FileHandle: also where the loop or its pool is closed, and nobody could say that it is done.
   *
   * @internal
   */
  closeOpen(fd: number): Promise<void> {
    if (!this.work.closed) return this.closing(fd);
    return checked(async () => void check(native.closeFile(fd), 'close'));
  }

  /** What was opened just now. */
  #made(fd: number): FileHandle {
    this.work.isNew(fd);
    return new FileHandle(this, fd);
  }

  /** A file that is too large for one turn: over several. */
  #readLarge(
    files: FilesInMemory,
    path: string | Uint8Array,
    { flags, encoding, signal }: ReturnType<typeof readReadOptions>,
  ): Promise<Content | string> | typeof REFUSED {
    const fd = files.open(path, flags, { syscall: 'open', path });
    if (fd === REFUSED) return REFUSED;
    const status = files.fstat(fd, 0);
    if (status === REFUSED || Number(status.size) > MAX_CONTENT_BYTES) {
      native.close(fd);
      return REFUSED;
    }
    return (
      readInPieces(this, fd, Number(status.size), MAX_BYTES, signal)
        .then((content) => (encoding === undefined ? content : content.toString(encoding)))
        // Behind a thread that may still read: nobody waits for that.
        .finally(() => void this.closeOpen(fd).catch(nothing))
    );
  }

  #writeFile(
    path: Path | FileHandle,
    data: Written,
    options: FileEncoding | WriteFileOptions | undefined,
    flag: string,
  ): Promise<void> {
    if (path instanceof FileHandle) return this.writeRest(path, data, options);
    const settings = readWriteOptions(options, flag);
    const { signal, encoding, flags, mode, flush } = settings;
    if (isChunks(data)) return this.work.holds(this.#writeComing(toPath(path), data, settings));
    const bytes = contentOf('data', data, encoding);
    const checkedPath = toPath(path);
    const how = flush ? flags | constants.O_SYNC : flags;
    const about = { syscall: 'write', path: checkedPath };
    return this.do('writeFile', [checkedPath, how, mode, bytes], about, signal);
  }

  async #writeComing(
    path: string | Uint8Array,
    chunks: Chunks,
    { flags, mode, flush, ...settings }: ReturnType<typeof readWriteOptions>,
  ): Promise<void> {
    const { signal } = settings;
    const file = await this.open(path, flags, mode, { signal });
    try {
      await this.#writeChunks(file, chunks, settings);
      if (flush) await file.sync({ signal });
    } finally {
      await file.close();
    }
  }

  #writeChunks(
    file: FileDescriptor,
    chunks: Chunks,
    settings: { encoding: FileEncoding | undefined; signal: AbortSignal | undefined },
  ): Promise<void> {
    const write = (bytes: Bytes | string) => this.writeRest(file, bytes, settings);
    return this.work.holds(writeChunks(write, chunks, settings.signal));
  }
}

function contentAs(encoding: FileEncoding | undefined): ValueOf<Content | string> {
  if (encoding === undefined) return bufferOf;
  return (batch: Batch, row: number) => bufferOf(batch, row).toString(encoding);
}

function nothing(): void {}
