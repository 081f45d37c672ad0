// What `cp` is asked for, and what it refuses, by Node's codes.
import { codedError, invalidType } from '../../base/errors.js';
import type { OptionNames } from '../../base/options.js';
import { checkInteger } from '../../base/validate.js';
import { constant } from '../../raw/constants.js';
import { checkFlag, type FileOptions, readFileOptions } from './options.js';
import { plainText } from './path.js';

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

export type CopySettings = ReturnType<typeof readCopyOptions>;

/** What each amounts to, which Node tells as a positive `errno`. */
const ERRNOS = {
  ERR_FS_CP_DIR_TO_NON_DIR: 'EISDIR',
  ERR_FS_CP_EEXIST: 'EEXIST',
  ERR_FS_CP_EINVAL: 'EINVAL',
  ERR_FS_CP_FIFO_PIPE: 'EINVAL',
  ERR_FS_CP_NON_DIR_TO_DIR: 'ENOTDIR',
  ERR_FS_CP_SOCKET: 'EINVAL',
  ERR_FS_CP_UNKNOWN: 'EINVAL',
  ERR_FS_EISDIR: 'EISDIR',
} as const;

/** `path` is a byte text. */
export function refused(code: keyof typeof ERRNOS, message: string, path: string): Error {
  const error = codedError(Error, code, message);
  error.name = 'SystemError';
  const errno = constant(ERRNOS[code]);
  return Object.assign(error, { errno, syscall: 'cp', path: plainText(path) });
}
