// What `loop.workers` and `run` are given, read once and checked whole before a thread starts.
import { availableParallelism, cpus } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkSignal } from '../base/abort.js';
import { invalidType, invalidValue } from '../base/errors.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { urlText } from '../base/realms.js';
import { checkInteger } from '../base/validate.js';

const MAX_THREADS = 1024;
const MAX_QUEUED = 2 ** 31 - 1;
const MAX_MS = 2 ** 31 - 1;

/** What a thread may take, in MiB: above 0. See `resourceLimits` of Node's `new Worker`. */
export interface WorkerLimits {
  /** Of the heap of objects that live on. */
  maxOldGenerationSizeMb?: number | undefined;
  /** Of the heap of new objects. */
  maxYoungGenerationSizeMb?: number | undefined;
  /** For machine code. */
  codeRangeSizeMb?: number | undefined;
  /** Of the stack; default 4. */
  stackSizeMb?: number | undefined;
}

/** What `loop.workers` takes: one of `file` and `code`. */
export interface WorkersOptions {
  /**
   * The module whose default export, or `module.exports`, is the function that does the jobs:
   * a path, which counts from the process's folder, or a `file:` URL.
   */
  file?: string | URL | undefined;
  /** The module itself as text: CommonJS, or an ES module, which imports no relative path. */
  code?: string | undefined;
  /** Threads: 1 to 1,024. Default: as many as there are processors for this process. */
  size?: number | undefined;
  /** What each thread may take; a thread that takes more is ended. */
  resourceLimits?: WorkerLimits | undefined;
  /**
   * Jobs that may wait for others: 0 to 2^31-1, default 65,536. Above it `run` rejects. Those that
   * wait for threads to start, of which there is one for each, do not count.
   */
  maxQueued?: number | undefined;
  /**
   * Milliseconds that an aborted job which is running is given to end by itself, before its
   * thread is ended and replaced: 0 to 2^31-1, default 1,000. `Infinity`: it is never ended.
   */
  abortGraceMs?: number | undefined;
  /** Milliseconds a thread may take to start, its file apart: 1 to 2^31-1, default 30,000. */
  startTimeoutMs?: number | undefined;
  /** `process.env` of the threads. Default: a copy of this thread's. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** What `process.argv` of the threads has beside the first two. */
  argv?: readonly unknown[] | undefined;
  /** `workerData` of `node:worker_threads` in the threads; copied. */
  workerData?: unknown;
  /** What it is called in traces and errors. Default: the file's name. */
  name?: string | undefined;
}

/** What `run` takes. */
export interface RunOptions {
  /** Aborts the job: see `Workers.run`. */
  signal?: AbortSignal | undefined;
  /**
   * These parts of the input are moved, not copied, when a thread takes the job: ArrayBuffers,
   * MessagePorts and what else `postMessage` transfers.
   */
  transfer?: readonly object[] | undefined;
}

const NAMES: OptionNames<WorkersOptions> = {
  file: true,
  code: true,
  size: true,
  resourceLimits: true,
  maxQueued: true,
  abortGraceMs: true,
  startTimeoutMs: true,
  env: true,
  argv: true,
  workerData: true,
  name: true,
};
const RUN_NAMES: OptionNames<RunOptions> = { signal: true, transfer: true };
const LIMIT_NAMES: OptionNames<WorkerLimits> = {
  maxOldGenerationSizeMb: true,
  maxYoungGenerationSizeMb: true,
  codeRangeSizeMb: true,
  stackSizeMb: true,
};

/** The options as they are used. */
export interface Settings {
  readonly file: string | undefined;
  readonly code: string | undefined;
  readonly size: number;
  readonly resourceLimits: WorkerLimits | undefined;
  readonly maxQueued: number;
  readonly abortGraceMs: number;
  readonly startTimeoutMs: number;
  readonly env: Record<string, string | undefined> | undefined;
  readonly argv: unknown[] | undefined;
  readonly workerData: unknown;
  readonly name: string;
  /**
   * Threads end themselves, behind the job that they have: some functions of the host end the
   * process where their thread is terminated in the middle of them.
   */
  readonly isGentle: boolean;
}

/** @throws TypeError, RangeError ERR_OUT_OF_RANGE for a bad option */
export function readWorkersOptions(given: WorkersOptions, isGentle: boolean): Settings {
  const options = readOptions('options', given, NAMES);
  const { code, size, maxQueued = 65536, abortGraceMs = 1000, startTimeoutMs = 30_000 } = options;
  if ((options.file === undefined) === (code === undefined)) {
    throw invalidValue('options', 'an object with either file or code');
  }
  if (code !== undefined && typeof code !== 'string') {
    throw invalidType('options.code', 'of type string');
  }
  const file = options.file === undefined ? undefined : fileUrl(options.file);
  const { name = file?.slice(file.lastIndexOf('/') + 1) ?? 'code' } = options;
  if (typeof name !== 'string') throw invalidType('options.name', 'of type string');
  return {
    file,
    code,
    size: checkInteger('options.size', size ?? processors(), 1, MAX_THREADS),
    resourceLimits: readLimits(options.resourceLimits),
    maxQueued: checkInteger('options.maxQueued', maxQueued, 0, MAX_QUEUED),
    abortGraceMs:
      abortGraceMs === Number.POSITIVE_INFINITY
        ? abortGraceMs
        : checkInteger('options.abortGraceMs', abortGraceMs, 0, MAX_MS),
    startTimeoutMs: checkInteger('options.startTimeoutMs', startTimeoutMs, 1, MAX_MS),
    env: readEnv(options.env),
    argv: readList('options.argv', options.argv),
    workerData: options.workerData,
    name,
    isGentle,
  };
}

/** @throws TypeError for a bad option */
export function readRunOptions(given: RunOptions | undefined): RunOptions {
  if (given === undefined) return {};
  const { signal, transfer } = readOptions('options', given, RUN_NAMES);
  return {
    signal: checkSignal(signal),
    transfer: readList('options.transfer', transfer) as object[] | undefined,
  };
}

function processors(): number {
  return Math.max(1, availableParallelism?.() ?? cpus().length);
}

function fileUrl(file: unknown): string {
  const text = typeof file === 'string' ? file : urlText(file);
  if (text === undefined) throw invalidType('options.file', 'of type string or a file: URL');
  if (text.startsWith('file:')) return text;
  if (typeof file !== 'string' || text === '' || text.includes('\0')) {
    throw invalidValue('options.file', 'a path, or a file: URL');
  }
  return pathToFileURL(isAbsolute(text) ? text : resolve(text)).href;
}

function readLimits(given: unknown): WorkerLimits | undefined {
  if (given === undefined) return undefined;
  const limits = readOptions('options.resourceLimits', given as WorkerLimits, LIMIT_NAMES);
  for (const [name, value] of Object.entries(limits)) {
    if (typeof value !== 'number') {
      throw invalidType(`options.resourceLimits.${name}`, 'of type number');
    }
    if (!(value > 0 && value <= MAX_QUEUED)) {
      throw invalidValue(`options.resourceLimits.${name}`, 'a number of MiB above 0');
    }
  }
  return { ...limits };
}

function readEnv(given: unknown): Record<string, string | undefined> | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw invalidType('options.env', 'an object');
  }
  return { ...(given as Record<string, string | undefined>) };
}

function readList(name: string, given: unknown): unknown[] | undefined {
  if (given === undefined) return undefined;
  if (!Array.isArray(given)) throw invalidType(name, 'an array');
  return [...given];
}
