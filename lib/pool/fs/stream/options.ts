// What streams of files are given, checked before anything is opened.
import { throwIfAborted } from '../../../base/abort.js';
import { outOfRange } from '../../../base/errors.js';
import { checkHandlerNames, type OptionNames, readOptions } from '../../../base/options.js';
import { checkInteger } from '../../../base/validate.js';
import { loopClosed } from '../../../loop/errors.js';
import type { Handle } from '../../../loop/handle.js';
import type { StreamGroup } from '../../../stream/group.js';
import type { Handlers, StreamOptions } from '../../../stream/handlers.js';
import { groupOf, HANDLER_NAMES, streamSettings } from '../../../stream/options.js';
import { BY_REQUESTS } from '../../../stream/transfer.js';
import { type FileDescriptor, numberOfFile } from '../descriptors.js';
import { checkFlag, checkFlags, checkMode } from '../options.js';
import { type Path, toPath } from '../path.js';
import type { FileWork } from '../work.js';
import type { FileSource, Origin, StreamedFile } from './source.js';

/** Options of `createReadStream` of a FileHandle. */
export interface FileReadOptions
  extends Pick<StreamOptions, 'chunks' | 'signal' | 'idleTimeoutMs'> {
  /** Where the first byte is: 0 to 2^53-1. Default: where the file stands, its beginning as a rule. */
  start?: number | undefined;
  /** Where the last byte is, which is read too. Default: the end of the file. */
  end?: number | undefined;
  /** Closes the file behind the stream, whatever ends it. Default true. */
  autoClose?: boolean | undefined;
  /**
   * So many bytes are read at once, and kept for `for await`: 1 to 2^31-1, default 65,536. A chunk has
   * a mebibyte at most.
   */
  highWaterMark?: number;
  /** Whether to read without a thread where it can be. Default: what the loop's `inlineFiles` says. */
  inline?: boolean | undefined;
}

/** Options of `loop.fs.createReadStream`. */
export interface ReadStreamOptions extends FileReadOptions {
  /** How to open it: Node's letters or O_* numbers. Default: 'r'. */
  flags?: string | number | undefined;
  /** Permissions, where `flags` make it. Default: 0o666. */
  mode?: number | string | undefined;
  /**
   * Instead of a path: a file that is open. One of a FileHandle goes on to be its; a number is taken
   * over, as by `adopt`, but with `autoClose: false`.
   */
  fd?: FileDescriptor | undefined;
}

/** Options of `createWriteStream` of a FileHandle. */
export interface FileWriteOptions
  extends Pick<StreamOptions, 'maxBufferedBytes' | 'signal' | 'idleTimeoutMs'> {
  /** Where the first byte goes: 0 to 2^53-1. Default: where the file stands. */
  start?: number | undefined;
  /** Closes the file behind the stream, whatever ends it. Default true. */
  autoClose?: boolean | undefined;
  /** Waits until the device has it all, before it is closed. Default false. */
  flush?: boolean | undefined;
  /** `write` returns false above this many queued bytes: 0 to 2^31-1, default 65,536. */
  highWaterMark?: number;
}

/** Options of `loop.fs.createWriteStream`. */
export interface WriteStreamOptions extends FileWriteOptions {
  /** How to open it: Node's letters or O_* numbers. Default: 'w'; 'r+' keeps what it has. */
  flags?: string | number | undefined;
  /** Permissions, where it is made. Default: 0o666. */
  mode?: number | string | undefined;
  /** Instead of a path: a file that is open, as of a read stream. */
  fd?: FileDescriptor | undefined;
}

/** How a file is read. */
export interface ReadSettings {
  /** -1: where the file stands. */
  readonly start: number;
  readonly maxBytes: number;
  readonly chunkBytes: number;
  readonly inline: boolean | undefined;
}

/** How a file is written. */
export interface WriteSettings {
  /** -1: where the file stands. */
  readonly start: number;
  readonly flush: boolean;
}

const READ_NAMES: OptionNames<FileReadOptions> = {
  start: true,
  end: true,
  autoClose: true,
  highWaterMark: true,
  chunks: true,
  inline: true,
  idleTimeoutMs: true,
  signal: true,
};
const WRITE_NAMES: OptionNames<FileWriteOptions> = {
  start: true,
  autoClose: true,
  flush: true,
  highWaterMark: true,
  maxBufferedBytes: true,
  idleTimeoutMs: true,
  signal: true,
};
const OPENING = { flags: true, mode: true, fd: true } as const;
const READ_STREAM_NAMES: OptionNames<ReadStreamOptions> = { ...READ_NAMES, ...OPENING };
const WRITE_STREAM_NAMES: OptionNames<WriteStreamOptions> = { ...WRITE_NAMES, ...OPENING };

/** A chunk larger than that is not read faster. */
const MAX_CHUNK = 2 ** 20;
const MAX_PLACE = Number.MAX_SAFE_INTEGER;

/** Where a stream has its file from: a path, or what is open, of which only `FileHandle` is asked. */
export type Where = { readonly path: Path | undefined } | { readonly file: StreamedFile };

/** A stream's options as they were given, checked. */
export interface Checked<Settings> {
  readonly settings: Settings;
  readonly group: StreamGroup;
  /** Opens the file, or takes it over. @throws SystemError */
  open(): Origin;
}

function place(name: string, value: unknown): number {
  return value === undefined ? -1 : checkInteger(`options.${name}`, value, 0, MAX_PLACE);
}

/** How many bytes lie between two places, both of which count. */
function bytesUpTo(end: unknown, start: number): number {
  if (end === undefined || end === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  const last = checkInteger('options.end', end, 0, MAX_PLACE);
  // Where the file stands is where it counts from.
  if (start < 0) return last + 1;
  if (last < start) throw outOfRange('options.end', `at least options.start, ${start}`, last);
  return last - start + 1;
}

/** @throws TypeError, RangeError; Error ERR_LOOP_CLOSED, AbortError */
export function readStreamOptions(
  source: FileSource,
  work: FileWork,
  where: Where,
  given: ReadStreamOptions,
  handlers: Handlers<Handle>,
): Checked<ReadSettings> {
  const options: ReadStreamOptions = readOptions(
    'options',
    given,
    'file' in where ? (READ_NAMES as typeof READ_STREAM_NAMES) : READ_STREAM_NAMES,
  );
  const start = place('start', options.start);
  const maxBytes = bytesUpTo(options.end, start);
  const { inline, highWaterMark = 65536 } = options;
  if (inline !== undefined) checkFlag('inline', inline);
  checkInteger('options.highWaterMark', highWaterMark, 1, 2 ** 31 - 1);
  const chunkBytes = Math.min(highWaterMark, MAX_CHUNK);
  const settings = { start, maxBytes, chunkBytes, inline };
  return { settings, ...checkRest(source, work, where, options, handlers, 'r') };
}

/** @throws TypeError, RangeError; Error ERR_LOOP_CLOSED, AbortError */
export function writeStreamOptions(
  source: FileSource,
  work: FileWork,
  where: Where,
  given: WriteStreamOptions,
  handlers: Handlers<Handle>,
): Checked<WriteSettings> {
  const options: WriteStreamOptions = readOptions(
    'options',
    given,
    'file' in where ? (WRITE_NAMES as typeof WRITE_STREAM_NAMES) : WRITE_STREAM_NAMES,
  );
  const start = place('start', options.start);
  const settings = { start, flush: checkFlag('flush', options.flush) };
  return { settings, ...checkRest(source, work, where, options, handlers, 'w') };
}

function checkRest(
  source: FileSource,
  { loop }: FileWork,
  where: Where,
  options: ReadStreamOptions & WriteStreamOptions,
  handlers: Handlers<Handle>,
  flags: string,
): { group: StreamGroup; open(): Origin } {
  checkHandlerNames('handlers', handlers, HANDLER_NAMES);
  const closes = checkFlag('autoClose', options.autoClose, true);
  const how = checkFlags(options.flags, flags);
  const mode = checkMode(options.mode, 0o666);
  const { signal, chunks, maxBufferedBytes, highWaterMark, idleTimeoutMs } = options;
  const stream = { signal, chunks, maxBufferedBytes, highWaterMark, idleTimeoutMs };
  const settings = streamSettings(stream as StreamOptions);
  const group = groupOf(settings, handlers, undefined, undefined, BY_REQUESTS);
  const open = opener(source, where, options.fd, closes, how, mode);
  throwIfAborted(settings.signal);
  if (loop.closed) throw loopClosed();
  return { group, open };
}

function opener(
  source: FileSource,
  where: Where,
  fd: FileDescriptor | undefined,
  closes: boolean,
  flags: number,
  mode: number,
): () => Origin {
  const opened = (file: StreamedFile): Origin => {
    return { path: undefined, opening: Promise.resolve(file), closes };
  };
  if ('file' in where) return () => opened(where.file);
  if (fd === undefined) {
    const path = toPath(where.path);
    return () => ({ path, opening: source.open(path, flags, mode), closes });
  }
  const number = numberOfFile(fd, 'open');
  if (typeof fd !== 'number') return () => opened(fd as unknown as StreamedFile);
  return () => opened(closes ? source.adopt(number) : source.borrow(number));
}
