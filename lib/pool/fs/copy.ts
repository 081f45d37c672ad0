// cp: a tree of files, made of the other requests. One at a time, so that a large tree takes no
// more memory than one folder's names at each level. Paths are byte texts here, as what `readdir`
// tells need not be UTF-8: see path.ts.
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { ContentRequests } from './contents.js';
import { type CopySettings, refused } from './copy-options.js';
import { bytesOfText, byteText, plainText } from './path.js';
import type { Stats } from './stats.js';

/** From the root. */
const whole = (path: string) => resolve(byteText(process.cwd()), path);

const isSame = (one: Stats, other: Stats) => one.ino === other.ino && one.dev === other.dev;

class TreeCopy {
  readonly #fs: ContentRequests;
  readonly #options: CopySettings;
  readonly #signal: { readonly signal: AbortSignal | undefined };

  constructor(fs: ContentRequests, options: CopySettings) {
    this.#fs = fs;
    this.#options = options;
    this.#signal = { signal: options.signal };
  }

  async copy(from: string, to: string): Promise<void> {
    if (!(await this.#isWanted(from, to))) return;
    const source = await this.#lookAt(from);
    const target = await this.#lookAtAny(to);
    this.#check(from, to, source, target);
    if (source.isDirectory()) await this.#checkOutside(from, to, source);
    await this.#fs.mkdir(bytesOfText(dirname(to)), { recursive: true, ...this.#signal });
    await this.#copyOne(from, to, source, target);
  }

  async #isWanted(from: string, to: string): Promise<boolean> {
    const { filter } = this.#options;
    return filter === undefined || Boolean(await filter(plainText(from), plainText(to)));
  }

  #lookAt(path: string): Promise<Stats> {
    const bytes = bytesOfText(path);
    return this.#options.dereference
      ? this.#fs.stat(bytes, this.#signal)
      : this.#fs.lstat(bytes, this.#signal);
  }

  /** Undefined: nothing is there. */
  async #lookAtAny(path: string): Promise<Stats | undefined> {
    try {
      return await this.#lookAt(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Whether the one can come to where the other is. */
  #check(from: string, to: string, source: Stats, target: Stats | undefined): void {
    if (target === undefined) return;
    const [one, other] = [plainText(from), plainText(to)];
    if (isSame(source, target)) {
      throw refused('ERR_FS_CP_EINVAL', `${one} and ${other} are the same`, to);
    }
    if (source.isDirectory() && !target.isDirectory()) {
      const message = `cannot overwrite non-directory ${other} with directory ${one}`;
      throw refused('ERR_FS_CP_DIR_TO_NON_DIR', message, to);
    }
    if (!source.isDirectory() && target.isDirectory()) {
      const message = `cannot overwrite directory ${other} with non-directory ${one}`;
      throw refused('ERR_FS_CP_NON_DIR_TO_DIR', message, to);
    }
  }

  /** By what the folders above `to` are, as links may lead there: it would never end. */
  async #checkOutside(from: string, to: string, source: Stats): Promise<void> {
    for (let path = whole(to), above = dirname(path); ; path = above, above = dirname(path)) {
      const folder = await this.#followed(above);
      if (folder !== undefined && isSame(folder, source)) {
        const message = `cannot copy ${plainText(from)} to a subdirectory of self ${plainText(to)}`;
        throw refused('ERR_FS_CP_EINVAL', message, to);
      }
      if (above === path) return;
    }
  }

  async #followed(path: string): Promise<Stats | undefined> {
    try {
      return await this.#fs.stat(bytesOfText(path), this.#signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  #copyOne(
    from: string,
    to: string,
    source: Stats,
    target: Stats | undefined,
  ): Promise<void> | undefined {
    if (source.isDirectory()) return this.#copyFolder(from, to, source, target);
    if (source.isSymbolicLink()) return this.#copyLink(from, to, target);
    if (source.isSocket()) {
      throw refused('ERR_FS_CP_SOCKET', `cannot copy a socket file: ${plainText(to)}`, to);
    }
    if (source.isFIFO()) {
      throw refused('ERR_FS_CP_FIFO_PIPE', `cannot copy a FIFO pipe: ${plainText(to)}`, to);
    }
    if (source.isFile() || source.isCharacterDevice() || source.isBlockDevice()) {
      return this.#copyContent(from, to, source, target);
    }
    throw refused('ERR_FS_CP_UNKNOWN', `cannot copy an unknown file type: ${plainText(to)}`, to);
  }

  async #copyFolder(
    from: string,
    to: string,
    source: Stats,
    target: Stats | undefined,
  ): Promise<void> {
    if (!this.#options.recursive) {
      const message = `Recursive option not enabled, cannot copy a directory: ${plainText(from)}`;
      throw refused('ERR_FS_EISDIR', message, from);
    }
    if (target === undefined) await this.#fs.mkdir(bytesOfText(to), this.#signal);
    const asked = { encoding: 'buffer', ...this.#signal } as const;
    for (const bytes of await this.#fs.readdir(bytesOfText(from), asked)) {
      const name = byteText(bytes);
      const [inner, outer] = [join(from, name), join(to, name)];
      if (!(await this.#isWanted(inner, outer))) continue;
      const stats = await this.#lookAt(inner);
      const there = await this.#lookAtAny(outer);
      this.#check(inner, outer, stats, there);
      await this.#copyOne(inner, outer, stats, there);
    }
    // Last: it may be one that nothing can be made in.
    if (target !== undefined) return;
    await this.#fs.chmod(bytesOfText(to), source.mode & 0o7777, this.#signal);
  }

  async #copyContent(
    from: string,
    to: string,
    source: Stats,
    target: Stats | undefined,
  ): Promise<void> {
    const { mode, preserveTimestamps } = this.#options;
    if (target !== undefined && !this.#mayReplace(to)) return;
    if (target !== undefined) await this.#fs.unlink(bytesOfText(to), this.#signal);
    await this.#fs.copyFile(bytesOfText(from), bytesOfText(to), mode, this.#signal);
    if (!preserveTimestamps) return;
    const [atime, mtime] = [source.atimeMs / 1000, source.mtimeMs / 1000];
    await this.#fs.utimes(bytesOfText(to), atime, mtime, this.#signal);
  }

  /** What is there and no link stays, as in Node: symlink(2) says EEXIST. */
  async #copyLink(from: string, to: string, target: Stats | undefined): Promise<void> {
    const asked = { encoding: 'buffer', ...this.#signal } as const;
    const held = byteText(await this.#fs.readlink(bytesOfText(from), asked));
    const isKept = this.#options.verbatimSymlinks || isAbsolute(held);
    const kept = isKept ? held : resolve(whole(dirname(from)), held);
    if (target?.isSymbolicLink()) {
      if (!this.#mayReplace(to)) return;
      await this.#fs.unlink(bytesOfText(to), this.#signal);
    }
    await this.#fs.symlink(bytesOfText(kept), bytesOfText(to), this.#signal);
  }

  #mayReplace(to: string): boolean {
    const { force, errorOnExist } = this.#options;
    if (!force && errorOnExist) {
      throw refused('ERR_FS_CP_EEXIST', `${plainText(to)} already exists`, to);
    }
    return force;
  }
}

/** Copies what is at `from`: see `loop.fs.cp`. Both are byte texts: see path.ts. */
export function copyTree(
  fs: ContentRequests,
  from: string,
  to: string,
  options: CopySettings,
): Promise<void> {
  return new TreeCopy(fs, options).copy(from, to);
}
