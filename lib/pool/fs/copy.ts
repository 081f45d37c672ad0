// cp: a tree of files, made of the other requests. One at a time, so that a large tree takes no
// more memory than one folder's names at each level.
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { codedError, invalidType } from '../../base/errors.js';
import type { OptionNames } from '../../base/options.js';
import { checkInteger } from '../../base/validate.js';
import type { ContentRequests } from './contents.js';
import { checkFlag, type FileOptions, readFileOptions } from './options.js';
import type { Stats } from './stats.js';

/** Options of `loop.fs.cp`. */
export interface CopyOptions extends FileOptions {
  /** Copies what symbolic links lead to, instead of the links. Default: false. */
  dereference?: boolean | undefined;
  /** With `force: false`: what is there is an error. Default: false. */
  errorOnExist?: boolean | undefined;
  /** Says of each whether it is copied: of a folder, with all that is in it. */
  filter?: ((source: string, destination: string) => boolean | Promise<boolean>) | undefined;
  /** Replaces files that are there. Default: true. */
  force?: boolean | undefined;
  /** COPYFILE_* of `node:fs`, for each file. Default: 0. */
  mode?: number | undefined;
  /** Keeps the times of files. Default: false. */
  preserveTimestamps?: boolean | undefined;
  /** Copies folders. Default: false. */
  recursive?: boolean | undefined;
  /** Links stay as they are: else what is relative leads to where it led. Default: false. */
  verbatimSymlinks?: boolean | undefined;
}

const NAMES: OptionNames<CopyOptions> = {
  dereference: true,
  errorOnExist: true,
  filter: true,
  force: true,
  mode: true,
  preserveTimestamps: true,
  recursive: true,
  verbatimSymlinks: true,
  signal: true,
};

export function readCopyOptions(options: CopyOptions | undefined) {
  const read: CopyOptions = readFileOptions(options, NAMES) ?? {};
  const { filter, mode = 0 } = read;
  if (filter !== undefined && typeof filter !== 'function') {
    throw invalidType('options.filter', 'a function');
  }
  return {
    filter,
    mode: checkInteger('options.mode', mode, 0, 7),
    signal: read.signal,
    dereference: checkFlag('dereference', read.dereference),
    errorOnExist: checkFlag('errorOnExist', read.errorOnExist),
    force: checkFlag('force', read.force, true),
    preserveTimestamps: checkFlag('preserveTimestamps', read.preserveTimestamps),
    recursive: checkFlag('recursive', read.recursive),
    verbatimSymlinks: checkFlag('verbatimSymlinks', read.verbatimSymlinks),
  };
}

type Options = ReturnType<typeof readCopyOptions>;

const refused = (code: string, message: string, path: string) =>
  Object.assign(codedError(Error, code, message), { path, syscall: 'cp' });

/** What is at `path`; undefined: nothing. */
async function lookAt(fs: ContentRequests, path: string, { dereference, signal }: Options) {
  try {
    return await (dereference ? fs.stat(path, { signal }) : fs.lstat(path, { signal }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function copyTree(
  fs: ContentRequests,
  from: string,
  to: string,
  options: Options,
): Promise<void> {
  if (options.filter !== undefined && !(await options.filter(from, to))) return;
  const { signal, dereference } = options;
  const source = await (dereference ? fs.stat(from, { signal }) : fs.lstat(from, { signal }));
  if (source.isDirectory()) checkOutside(from, to);
  await fs.mkdir(dirname(to), { recursive: true, signal });
  await copyOne(fs, from, to, source, options);
}

function checkOutside(from: string, to: string): void {
  const way = relative(resolve(from), resolve(to));
  if (way === '..' || way.startsWith('../') || isAbsolute(way)) return;
  throw refused('ERR_FS_CP_EINVAL', `cannot copy ${from} to a subdirectory of self ${to}`, to);
}

async function copyOne(
  fs: ContentRequests,
  from: string,
  to: string,
  source: Stats,
  options: Options,
): Promise<void> {
  const target = await lookAt(fs, to, options);
  if (target !== undefined && target.ino === source.ino && target.dev === source.dev) {
    throw refused('ERR_FS_CP_EINVAL', `${from} and ${to} are the same`, to);
  }
  if (source.isDirectory()) {
    if (target !== undefined && !target.isDirectory()) {
      throw refused(
        'ERR_FS_CP_DIR_TO_NON_DIR',
        `cannot overwrite non-directory ${to} with directory ${from}`,
        to,
      );
    }
    return copyFolder(fs, from, to, source, target, options);
  }
  if (target?.isDirectory()) {
    throw refused(
      'ERR_FS_CP_NON_DIR_TO_DIR',
      `cannot overwrite directory ${to} with non-directory ${from}`,
      to,
    );
  }
  if (source.isSymbolicLink()) return copyLink(fs, from, to, target, options);
  if (source.isFile()) return copyContent(fs, from, to, source, target, options);
  if (source.isSocket()) throw refused('ERR_FS_CP_SOCKET', `cannot copy a socket file: ${to}`, to);
  if (source.isFIFO()) throw refused('ERR_FS_CP_FIFO_PIPE', `cannot copy a FIFO pipe: ${to}`, to);
  if (source.isCharacterDevice() || source.isBlockDevice())
    return copyContent(fs, from, to, source, target, options);
  throw refused('ERR_FS_CP_UNKNOWN', `cannot copy an unknown file type: ${to}`, to);
}

async function copyFolder(
  fs: ContentRequests,
  from: string,
  to: string,
  source: Stats,
  target: Stats | undefined,
  options: Options,
): Promise<void> {
  const { recursive, signal, filter } = options;
  if (!recursive) {
    throw refused(
      'ERR_FS_EISDIR',
      `Recursive option not enabled, cannot copy a directory: ${from}`,
      from,
    );
  }
  if (target === undefined) await fs.mkdir(to, { signal });
  for (const name of await fs.readdir(from, { signal })) {
    const [inner, outer] = [join(from, name), join(to, name)];
    if (filter !== undefined && !(await filter(inner, outer))) continue;
    const stats = await (options.dereference
      ? fs.stat(inner, { signal })
      : fs.lstat(inner, { signal }));
    await copyOne(fs, inner, outer, stats, options);
  }
  // Last: it may be one that nothing can be made in.
  if (target === undefined) await fs.chmod(to, source.mode & 0o7777, { signal });
}

async function copyContent(
  fs: ContentRequests,
  from: string,
  to: string,
  source: Stats,
  target: Stats | undefined,
  { force, errorOnExist, mode, preserveTimestamps, signal }: Options,
): Promise<void> {
  if (target !== undefined && !force) {
    if (!errorOnExist) return;
    throw refused('ERR_FS_CP_EEXIST', `${to} already exists`, to);
  }
  if (target !== undefined) await fs.unlink(to, { signal });
  await fs.copyFile(from, to, mode, { signal });
  if (preserveTimestamps)
    await fs.utimes(to, source.atimeMs / 1000, source.mtimeMs / 1000, { signal });
}

async function copyLink(
  fs: ContentRequests,
  from: string,
  to: string,
  target: Stats | undefined,
  { verbatimSymlinks, force, errorOnExist, signal }: Options,
): Promise<void> {
  const held = await fs.readlink(from, { signal });
  const kept = verbatimSymlinks || isAbsolute(held) ? held : resolve(dirname(from), held);
  if (target !== undefined) {
    if (!force && errorOnExist) throw refused('ERR_FS_CP_EEXIST', `${to} already exists`, to);
    if (!force) return;
    await fs.unlink(to, { signal });
  }
  await fs.symlink(kept, to, { signal });
}
