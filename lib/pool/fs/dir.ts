// An open folder, whose entries are read some at a time: for folders that are too large to be
// listed at once. In the shape of Node's fs.Dir.
import { codedError } from '../../base/errors.js';
import type { Batch } from '../batch.js';
import { type Dirent, direntsIn } from './dirent.js';
import type { FileHandle } from './handle.js';
import { bufferOf, type NameEncoding } from './values.js';

/** What it asks for: some entries of what is open. @internal */
export type ReadEntries = (
  file: FileHandle,
  value: (batch: Batch, row: number) => Dirent<string | Uint8Array>[],
) => Promise<Dirent<string | Uint8Array>[]>;

/** An open folder. Made by `loop.fs.opendir`. */
export class Dir<Name extends string | Uint8Array = string> {
  /** The folder, as it was asked for. */
  readonly path: string;
  readonly #file: FileHandle;
  readonly #read: ReadEntries;
  readonly #encoding: NameEncoding;
  #entries: Dirent<Name>[] = [];
  #next = 0;
  #isClosed = false;
  /** What brings more, and whether it has: one for all who ask meanwhile. */
  #coming: Promise<boolean> | undefined;

  /** @internal */
  constructor(file: FileHandle, path: string, encoding: NameEncoding, read: ReadEntries) {
    this.path = path;
    this.#file = file;
    this.#encoding = encoding;
    this.#read = read;
  }

  /**
   * The next entry, in the order that the file system has; null at the end. Any number may be asked
   * for at once.
   *
   * Rejects as `loop.fs.readdir` does; with an Error ERR_DIR_CLOSED once it is closed.
   */
  async read(): Promise<Dirent<Name> | null> {
    if (this.#isClosed) throw codedError(Error, 'ERR_DIR_CLOSED', 'The folder was closed');
    while (this.#next === this.#entries.length) {
      this.#coming ??= this.#more().finally(() => {
        this.#coming = undefined;
      });
      if (!(await this.#coming)) return null;
    }
    return this.#entries[this.#next++] as Dirent<Name>;
  }

  async #more(): Promise<boolean> {
    const value = (batch: Batch, row: number) =>
      direntsIn(bufferOf(batch, row), this.#encoding, this.path);
    this.#entries = (await this.#read(this.#file, value)) as Dirent<Name>[];
    this.#next = 0;
    return this.#entries.length > 0;
  }

  /** Its entries. It is closed at the end, and when the iteration is left. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Dirent<Name>, void, void> {
    try {
      for (let entry = await this.read(); entry !== null; entry = await this.read()) yield entry;
    } finally {
      await this.close();
    }
  }

  /** Closes it. Idempotent. */
  close(): Promise<void> {
    this.#isClosed = true;
    return this.#file.close();
  }

  /** The same, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
