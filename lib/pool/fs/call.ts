// A request on files: what an operation of native code is given, and what comes of it.
// One class for all of them; what differs is three values: see native/jobs/file_call.h.
import { codedError } from '../../base/errors.js';
import { type FsOperations, type NativePool, native } from '../../binding/index.js';
import { fileError } from '../../raw/errors.js';
import type { Batch } from '../batch.js';
import { Lane, type LaneNumber } from '../lanes.js';
import { PoolRequest } from '../request.js';
import { pathText } from './path.js';

/** The name of an operation, in native code and in traces. */
export type FileOperation = keyof FsOperations;

const { fsOperations } = native;
/** The arguments were put together by the operation's type. */
const submitFs = native.submitFs as (
  pool: NativePool,
  lane: number,
  operation: number,
  ...args: readonly unknown[]
) => number;

/** What an error tells of a call. */
export interface About {
  /** What Node calls it. */
  readonly syscall: string;
  readonly path?: string | Uint8Array | undefined;
  readonly dest?: string | Uint8Array | undefined;
}

/** What the completion in `row`, which succeeded, amounts to. */
export type ValueOf<T> = (batch: Batch, row: number) => T;

/** The calls of an operation of several, by the number that native code gives: see Step. */
const BY_PATH = ['', 'open', 'lstat', 'unlink', 'rmdir', 'scandir'];
const STEPS = [...BY_PATH, 'fstat', 'read', 'write', 'ftruncate'];

/** What no read says: a file is larger than a request may be. */
const EFBIG = -27;

/** What nobody would know that he has, had an abort its promise: a lock, and a folder's name. */
const KEPT: ReadonlySet<FileOperation> = new Set(['flock', 'lock', 'mkdtemp']);

/** The error of an operation. Its steps on what is open tell no path, as in Node. */
export function errorOf(status: number, about: About, step = 0): Error {
  const { path, dest } = about;
  if (status === EFBIG && about.syscall === 'read') {
    const message = 'The file has 2 GiB or more: it is to be read in pieces';
    return codedError(RangeError, 'ERR_FS_FILE_TOO_LARGE', message);
  }
  const syscall = step === 0 ? about.syscall : (STEPS[step] as string);
  if (step >= BY_PATH.length) return fileError(status, syscall);
  return fileError(status, syscall, {
    path: path === undefined ? undefined : pathText(path),
    dest: dest === undefined ? undefined : pathText(dest),
  });
}

/** What it is counted as: stat(2) and lstat(2) are one operation. */
export function kindOf(name: FileOperation, about: About): string {
  return name === 'stat' ? about.syscall : name;
}

export class FileCall<T, Name extends FileOperation = FileOperation> extends PoolRequest<T> {
  readonly #name: Name;
  readonly #args: FsOperations[Name];
  readonly #about: About;
  readonly #value: ValueOf<T>;

  constructor(
    resolve: (value: T) => void,
    reject: (reason: unknown) => void,
    name: Name,
    args: FsOperations[Name],
    about: About,
    value: ValueOf<T>,
  ) {
    super(resolve, reject);
    this.#name = name;
    this.#args = args;
    this.#about = about;
    this.#value = value;
  }

  override get outlivesAbort(): boolean {
    return KEPT.has(this.#name);
  }

  override get lane(): LaneNumber {
    return Lane.fs;
  }

  override get kind(): string {
    return kindOf(this.#name, this.#about);
  }

  override submit(pool: NativePool): number {
    return submitFs(pool, Lane.fs, fsOperations[this.#name], ...this.#args);
  }

  override finish(batch: Batch, row: number): T {
    const status = batch.status(row);
    if (status >= 0) return this.#value(batch, row);
    const step = batch.size(row) === 1 ? (batch.bytes(row)[0] as number) : 0;
    throw errorOf(status, this.#about, step);
  }
}

/** The same for a handle of the loop, which holds it by itself, or does not. */
export class HandleCall<T, Name extends FileOperation> extends FileCall<T, Name> {
  override get holdsLoop(): boolean {
    return false;
  }
}
