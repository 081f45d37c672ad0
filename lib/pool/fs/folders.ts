// Folders: making and removing them, with all that is in them, and what is in them.
import { join, relative } from 'node:path';
import { codedError } from '../../base/errors.js';
import type { OptionNames } from '../../base/options.js';
import { native } from '../../binding/index.js';
import type { Batch } from '../batch.js';
import { AttributeRequests } from './attributes.js';
import { checked } from './caller.js';
import {
  type Dirent,
  direntsIn,
  type FolderListing,
  type FolderNames,
  listingIn,
  namesAndTypesIn,
  namesIn,
} from './dirent.js';
import {
  type BytesOptions,
  checkFlag,
  checkMode,
  checkNameEncoding,
  type FileOptions,
  type NameOptions,
  readFileOptions,
  readNameOptions,
  readSignal,
  type TextOptions,
} from './options.js';
import { bytesOfText, byteText, type Path, pathText, plainText, toPath } from './path.js';
import {
  bufferOf,
  firstMadeOf,
  type NameEncoding,
  nameOf,
  nothing,
  type TextEncoding,
  viewOf,
} from './values.js';

/** Options of `loop.fs.mkdir`. */
export interface MkdirOptions extends FileOptions {
  /** Makes what is missing above it as well. Default: false. */
  recursive?: boolean | undefined;
  /** Permissions, of which the process's umask takes away. Default: 0o777. */
  mode?: number | string | undefined;
}

/** Options of `loop.fs.rm`. */
export interface RmOptions extends FileOptions {
  /** Removes a folder with all that is in it. Default: false. */
  recursive?: boolean | undefined;
  /** What is not there is no error. Default: false. */
  force?: boolean | undefined;
}

/** Options of `loop.fs.readdir`. */
export interface ReaddirOptions extends NameOptions {
  /** Entries with their types instead of names. Default: false. */
  withFileTypes?: boolean | undefined;
  /** What is in the folders below it as well, by paths from it. Default: false. */
  recursive?: boolean | undefined;
}

const MKDIR_NAMES: OptionNames<MkdirOptions> = { recursive: true, mode: true, signal: true };
const RM_NAMES: OptionNames<RmOptions> = { recursive: true, force: true, signal: true };
const READDIR_NAMES: OptionNames<ReaddirOptions> = {
  encoding: true,
  withFileTypes: true,
  recursive: true,
  signal: true,
};

const RECURSIVE = 1;
const FORCE = 2;
const EISDIR = -21;

type Entry = string | Uint8Array | Dirent<string | Uint8Array>;

/** Requests on folders. Use `loop.fs`. */
export abstract class FolderRequests extends AttributeRequests {
  /**
   * Makes a folder. See mkdir(2).
   *
   * @param options permissions, or options
   * @returns nothing; with `recursive` the path of the first folder that was made, nothing where
   *   all were there
   */
  mkdir(path: Path, options?: number | string | MkdirOptions): Promise<string | undefined> {
    return checked(() => {
      const given = typeof options === 'object' ? options : { mode: options };
      const read = readFileOptions(given, MKDIR_NAMES);
      const recursive = checkFlag('recursive', read?.recursive);
      const mode = checkMode(read?.mode, 0o777);
      const checkedPath = toPath(path);
      const about = { syscall: 'mkdir', path: checkedPath };
      const name = recursive ? 'mkdirs' : 'mkdir';
      return this.ask(name, [checkedPath, mode], about, firstMadeOf, read?.signal);
    });
  }

  /** Makes a folder of a name that nobody has: `prefix` with six characters behind it. See mkdtemp(3). */
  mkdtemp(prefix: Path, options?: TextOptions): Promise<string>;
  mkdtemp(prefix: Path, options: BytesOptions): Promise<Uint8Array>;
  mkdtemp(prefix: Path, options?: NameEncoding | NameOptions): Promise<string | Uint8Array>;
  mkdtemp(prefix: Path, options?: NameEncoding | NameOptions): Promise<string | Uint8Array> {
    return checked(() => {
      const { signal, encoding } = readNameOptions(options);
      const checkedPath = toPath(prefix, 'prefix');
      const about = { syscall: 'mkdtemp', path: `${pathText(checkedPath)}XXXXXX` };
      return this.ask('mkdtemp', [checkedPath], about, nameOf(encoding), signal);
    });
  }

  /** Removes an empty folder. See rmdir(2). */
  rmdir(path: Path, options?: FileOptions): Promise<void> {
    return checked(() => {
      const signal = readSignal(options);
      const checkedPath = toPath(path);
      return this.do('rmdir', [checkedPath], { syscall: 'rmdir', path: checkedPath }, signal);
    });
  }

  /**
   * Removes a file; with `recursive` also a folder and all that is in it. No symbolic link is
   * followed. What cannot be removed ends it: what went before is gone. See unlinkat(2).
   *
   * Rejects as `stat` does; with an Error ERR_FS_EISDIR for a folder without `recursive`.
   */
  rm(path: Path, options?: RmOptions): Promise<void> {
    return checked(() => {
      const read = readFileOptions(options, RM_NAMES);
      const recursive = checkFlag('recursive', read?.recursive) ? RECURSIVE : 0;
      const flags = recursive | (checkFlag('force', read?.force) ? FORCE : 0);
      const checkedPath = toPath(path);
      const about = { syscall: 'rm', path: checkedPath };
      const removed = this.ask('rm', [checkedPath, flags], about, nothing, read?.signal);
      return recursive !== 0 ? removed : removed.catch(tellFolder);
    });
  }

  /**
   * What is in a folder, but `.` and `..`, in the order of their bytes. See readdir(3).
   *
   * @param options `withFileTypes`: entries; 'buffer', also as `encoding`: names as bytes
   *
   * @example
   * const entries = await loop.fs.readdir('lib', { withFileTypes: true });
   * const folders = entries.filter((entry) => entry.isDirectory());
   */
  readdir(
    path: Path,
    options?:
      | TextEncoding
      | (ReaddirOptions & {
          encoding?: TextEncoding | undefined;
          withFileTypes?: false | undefined;
        }),
  ): Promise<string[]>;
  readdir(
    path: Path,
    options:
      | 'buffer'
      | (ReaddirOptions & { encoding: 'buffer'; withFileTypes?: false | undefined }),
  ): Promise<Uint8Array[]>;
  readdir(
    path: Path,
    options: ReaddirOptions & { encoding?: TextEncoding | undefined; withFileTypes: true },
  ): Promise<Dirent[]>;
  readdir(
    path: Path,
    options: ReaddirOptions & { encoding: 'buffer'; withFileTypes: true },
  ): Promise<Dirent<Uint8Array>[]>;
  readdir(path: Path, options?: NameEncoding | ReaddirOptions): Promise<Entry[]>;
  readdir(path: Path, options?: NameEncoding | ReaddirOptions): Promise<Entry[]> {
    return checked(() => {
      const given = typeof options === 'string' ? { encoding: options } : options;
      const read = readFileOptions(given, READDIR_NAMES);
      const encoding = checkNameEncoding(read?.encoding);
      const typed = checkFlag('withFileTypes', read?.withFileTypes);
      const checkedPath = toPath(path);
      if (checkFlag('recursive', read?.recursive)) {
        return this.#readTree(checkedPath, encoding, typed, read?.signal);
      }
      const folder = pathText(checkedPath);
      const value = (batch: Batch, row: number): Entry[] => {
        const bytes = bufferOf(batch, row);
        return typed ? direntsIn(bytes, encoding, folder) : namesIn(bytes, encoding);
      };
      const about = { syscall: 'scandir', path: checkedPath };
      return this.ask('readdir', [checkedPath, typed ? 1 : 0], about, value, read?.signal);
    });
  }

  /** All that is in the folder at `path`, for who watches it. @internal */
  listed(path: Uint8Array): Promise<FolderNames> {
    return this.askForHandle('readdir', [path, 1], { syscall: 'scandir', path }, namesAndTypes);
  }

  /** The same of the folder that is open at `fd`, also where it is not open to be read. @internal */
  listing(fd: number): Promise<FolderListing> {
    const value = (batch: Batch, row: number) => listingIn(bufferOf(batch, row));
    return this.askForHandle('listing', [fd], { syscall: 'scandir' }, value);
  }

  /** The same at once, -errno where it cannot be read. @internal */
  listingNow(fd: number): FolderListing | number {
    const bytes = native.listVnode(fd);
    return typeof bytes === 'number' ? bytes : listingIn(bytes);
  }

  /** By bytes: a name that is no UTF-8 would be another one as text. */
  async #readTree(
    path: string | Uint8Array,
    encoding: NameEncoding,
    typed: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Entry[]> {
    const root = byteText(path);
    const told = (text: string) => (encoding === 'buffer' ? bytesOfText(text) : plainText(text));
    const found: Entry[] = [];
    const waiting = [root];
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
      const parent = bytesOfText(folder);
      const options = { encoding: 'buffer', withFileTypes: true, signal } as const;
      for (const entry of await this.readdir(parent, options)) {
        const name = byteText(entry.name);
        const inner = join(folder, name);
        found.push(typed ? entry.named(told(name)) : told(relative(root, inner)));
        if (entry.isDirectory()) waiting.push(inner);
      }
    }
    return found;
  }
}

function namesAndTypes(batch: Batch, row: number): FolderNames {
  return namesAndTypesIn(viewOf(batch, row));
}

/** What a folder is to `rm` without `recursive`, as Node tells it. */
function tellFolder(error: unknown): never {
  const { errno, path } = error as NodeJS.ErrnoException;
  // Linux says EISDIR, others EPERM.
  if (errno !== EISDIR && errno !== -1) throw error;
  if (errno === -1 && process.platform === 'linux') throw error;
  const message = `Path is a directory: rm returned EISDIR (is a directory) ${path}`;
  const told = codedError(Error, 'ERR_FS_EISDIR', message);
  told.name = 'SystemError';
  throw Object.assign(told, { errno: -EISDIR, syscall: 'rm', path });
}
