// An open folder, whose entries are read some at a time: for folders that are too large to be
// listed at once. In the shape of Node's fs.Dir.
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

  /** @internal */
  constructor(file: FileHandle, path: string, encoding: NameEncoding, read: ReadEntries) {
    this.path = path;
    this.#file = file;
    this.#encoding = encoding;
    this.#read = read;
  }

  /** The next entry, in the order that the file system has; null at the end. */
  async read(): Promise<Dirent<Name> | null> {
    if (this.#next === this.#entries.length) {
      const value = (batch: Batch, row: number) =>
        direntsIn(bufferOf(batch, row), this.#encoding, this.path);
      this.#entries = (await this.#read(this.#file, value)) as Dirent<Name>[];
      this.#next = 0;
    }
    return this.#entries[this.#next++] ?? this.#ended();
  }

  #ended(): null {
    this.#next = this.#entries.length;
    return null;
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
    return this.#file.close();
  }

  /** The same, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
