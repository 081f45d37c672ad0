// Names of files: making, changing and removing them, and what links hold.
import { checked } from './caller.js';
import {
  type BytesOptions,
  type FileOptions,
  type NameOptions,
  readNameOptions,
  readSignal,
  type TextOptions,
} from './options.js';
import { type Path, toPath } from './path.js';
import { StatusRequests } from './status.js';
import { type NameEncoding, nameOf } from './values.js';

/** Options of `loop.fs.readlink`. */
export interface ReadlinkOptions extends NameOptions {}

/** What a symbolic link leads to, as Windows asks for it. */
export type LinkType = 'dir' | 'file' | 'junction';

const LINK_TYPES: readonly LinkType[] = ['dir', 'file', 'junction'];

/** Requests on names. Use `loop.fs`. */
export abstract class NameRequests extends StatusRequests {
  /**
   * Gives a file another name, in one step: what had that name is replaced. See rename(2).
   *
   * Rejects as `stat` does, with `dest` as well; EXDEV where the two are on different file
   * systems, ENOTEMPTY, EISDIR, ENOTDIR for folders that are in the way.
   */
  rename(oldPath: Path, newPath: Path, options?: FileOptions): Promise<void> {
    return checked(() => this.#two('rename', 'oldPath', oldPath, 'newPath', newPath, options));
  }

  /** Gives a file one name more. See link(2). */
  link(existingPath: Path, newPath: Path, options?: FileOptions): Promise<void> {
    return checked(() =>
      this.#two('link', 'existingPath', existingPath, 'newPath', newPath, options),
    );
  }

  /**
   * Makes a symbolic link at `path` that holds `target`, which need not exist. See symlink(2).
   *
   * @param options options; or Node's `type`, which says something on Windows alone
   */
  symlink(target: Path, path: Path, options?: LinkType | null | FileOptions): Promise<void> {
    const isType = options === null || LINK_TYPES.includes(options as LinkType);
    const given = isType ? undefined : (options as FileOptions | undefined);
    return checked(() => this.#two('symlink', 'target', target, 'path', path, given));
  }

  /** Removes a name; the file goes with its last one, once nobody has it open. See unlink(2). */
  unlink(path: Path, options?: FileOptions): Promise<void> {
    return checked(() => {
      const signal = readSignal(options);
      const checkedPath = toPath(path);
      return this.do('unlink', [checkedPath], { syscall: 'unlink', path: checkedPath }, signal);
    });
  }

  /**
   * What a symbolic link holds, of any length: as text, or as bytes, which a name that is
   * no UTF-8 asks for. Relative to the link's folder where it does not begin with a slash.
   * See readlink(2).
   *
   * Rejects as `stat` does; with a SystemError EINVAL for what is no symbolic link, and a
   * TypeError ERR_INVALID_ARG_VALUE for another encoding.
   *
   * @example
   * const program = await loop.fs.readlink('/proc/self/exe');
   */
  readlink(path: Path, options?: TextOptions): Promise<string>;
  readlink(path: Path, options: BytesOptions): Promise<Uint8Array>;
  readlink(path: Path, options?: NameEncoding | ReadlinkOptions): Promise<string | Uint8Array>;
  readlink(path: Path, options?: NameEncoding | ReadlinkOptions): Promise<string | Uint8Array> {
    return checked(() => this.#name('readlink', path, options));
  }

  /** The absolute path of a file, without symbolic links, `.` and `..`. See realpath(3). */
  realpath(path: Path, options?: TextOptions): Promise<string>;
  realpath(path: Path, options: BytesOptions): Promise<Uint8Array>;
  realpath(path: Path, options?: NameEncoding | NameOptions): Promise<string | Uint8Array>;
  realpath(path: Path, options?: NameEncoding | NameOptions): Promise<string | Uint8Array> {
    return checked(() => this.#name('realpath', path, options));
  }

  #name(
    name: 'readlink' | 'realpath',
    path: Path,
    options: NameEncoding | NameOptions | undefined,
  ) {
    const { signal, encoding } = readNameOptions(options);
    const checkedPath = toPath(path);
    return this.ask(
      name,
      [checkedPath],
      { syscall: name, path: checkedPath },
      nameOf(encoding),
      signal,
    );
  }

  #two(
    name: 'rename' | 'link' | 'symlink',
    first: string,
    from: Path,
    second: string,
    to: Path,
    options: FileOptions | undefined,
  ): Promise<void> {
    const signal = readSignal(options);
    const path = toPath(from, first);
    const dest = toPath(to, second);
    return this.do(name, [path, dest], { syscall: name, path, dest }, signal);
  }
}
