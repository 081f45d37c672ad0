// An entry of a folder, in the shape of Node's fs.Dirent, and how a batch of them is read from
// what native code writes (native/jobs/entries.h).
import type { NameEncoding } from './values.js';

// DT_* of <dirent.h>, the same on every system.
const FIFO = 1;
const CHARACTER_DEVICE = 2;
const FOLDER = 4;
const BLOCK_DEVICE = 6;
const FILE = 8;
const LINK = 10;
const SOCKET = 12;

const COUNT_BYTES = 4;
const INODE_BYTES = 8;

/** An entry of a folder. */
export class Dirent<Name extends string | Uint8Array = string> {
  /** Its name in the folder. */
  readonly name: Name;
  /** The folder, as it was asked for. */
  readonly parentPath: string;
  readonly #type: number;

  /** @internal */
  constructor(name: Name, parentPath: string, type: number) {
    this.name = name;
    this.parentPath = parentPath;
    this.#type = type;
  }

  /** The folder, by the name that Node 20 has for it. */
  get path(): string {
    return this.parentPath;
  }

  /** The same entry by another name: as text, say. @internal */
  named<Other extends string | Uint8Array>(name: Other): Dirent<Other> {
    return new Dirent(name, this.parentPath, this.#type);
  }

  /** A regular file. */
  isFile(): boolean {
    return this.#type === FILE;
  }

  /** A folder. */
  isDirectory(): boolean {
    return this.#type === FOLDER;
  }

  /** A symbolic link. */
  isSymbolicLink(): boolean {
    return this.#type === LINK;
  }

  /** A FIFO. */
  isFIFO(): boolean {
    return this.#type === FIFO;
  }

  /** A Unix socket. */
  isSocket(): boolean {
    return this.#type === SOCKET;
  }

  /** A block device. */
  isBlockDevice(): boolean {
    return this.#type === BLOCK_DEVICE;
  }

  /** A character device. */
  isCharacterDevice(): boolean {
    return this.#type === CHARACTER_DEVICE;
  }
}

/** The names of a batch of entries. */
export function namesIn(bytes: Uint8Array, encoding: NameEncoding): (string | Uint8Array)[] {
  const count = countOf(bytes);
  if (count === 0) return [];
  const begin = COUNT_BYTES + count;
  // All at once: to decode each name by itself takes several times as long.
  if (encoding === 'utf8') return textOf(bytes, begin).split('\0');
  const names: Uint8Array[] = [];
  for (let at = begin; at < bytes.length; ) {
    const end = bytes.indexOf(0, at);
    names.push(Uint8Array.prototype.slice.call(bytes, at, end));
    at = end + 1;
  }
  return names;
}

/** A batch of entries. */
export function direntsIn(
  bytes: Uint8Array,
  encoding: NameEncoding,
  folder: string,
): Dirent<string | Uint8Array>[] {
  return namesIn(bytes, encoding).map(
    (name, i) => new Dirent(name, folder, bytes[COUNT_BYTES + i] as number),
  );
}

/** All that is in a folder, in the order of bytes. */
export interface FolderNames {
  /** Bytes, a character for each. */
  readonly names: readonly string[];
  /** DT_* of <dirent.h>. */
  readonly types: Uint8Array;
}

export function namesAndTypesIn(bytes: Uint8Array): FolderNames {
  const count = countOf(bytes);
  return countedIn(bytes, count, bytes.length);
}

/** @param end behind the last name */
function countedIn(bytes: Uint8Array, count: number, end: number): FolderNames {
  const begin = COUNT_BYTES + count;
  // Of their own: `bytes` may be lent.
  const types = Uint8Array.prototype.slice.call(bytes, COUNT_BYTES, begin);
  if (count === 0) return { names: [], types };
  const { buffer, byteOffset } = bytes;
  const names = Buffer.from(buffer, byteOffset + begin, end - begin - 1).toString('latin1');
  return { names: names.split('\0'), types };
}

/** The same with their inodes: a listing of native/jobs/entries.h. */
export interface FolderListing extends FolderNames {
  /** Those above 2^53 are rounded. */
  readonly inodes: Float64Array;
}

export function listingIn(bytes: Uint8Array): FolderListing {
  const count = countOf(bytes);
  const inodes = new Float64Array(count);
  const end = bytes.length - count * INODE_BYTES;
  const view = new DataView(bytes.buffer, bytes.byteOffset + end);
  for (let i = 0; i < count; i++) {
    inodes[i] = Number(view.getBigUint64(i * INODE_BYTES, true));
  }
  return { ...countedIn(bytes, count, end), inodes };
}

/** The names, without the last NUL. */
function textOf({ buffer, byteOffset, length }: Uint8Array, begin: number): string {
  return Buffer.from(buffer, byteOffset + begin, length - begin - 1).toString();
}

function countOf(bytes: Uint8Array): number {
  if (bytes.length < COUNT_BYTES) return 0;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}
