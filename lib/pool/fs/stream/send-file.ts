// A file to a socket, in its place among what is written there. What the kernel has of it in memory,
// up to 256 KiB, is read and sent at once, on the loop's thread: that is one copy, and less than a
// thread costs. What is larger, or would wait for a disk, a thread of the pool sends by sendfile(2),
// with no copy in this process: as much as the socket takes, which never blocks; then the loop waits
// for room. sendfile itself cannot be called here: it waits for the disk, and no flag says not to.
//
// Errors: what the socket says, as of any send, see sending.ts. EIO and others of FILE_ERRORS are the
// file's: the promise rejects, and the stream goes on.
import { abortError, checkSignal, onAbort, throwIfAborted } from '../../../base/abort.js';
import { invalidType, invalidValue } from '../../../base/errors.js';
import { type OptionNames, readOptions } from '../../../base/options.js';
import { native } from '../../../binding/index.js';
import { handleClosed } from '../../../loop/errors.js';
import { Transfer as Kind } from '../../../loop/layout.js';
import { constant } from '../../../raw/constants.js';
import { check } from '../../../raw/errors.js';
import { updateInterest } from '../../../stream/base.js';
import { BY_REQUESTS, CONNECTING, RETRYING } from '../../../stream/flags.js';
import { sendGathered } from '../../../stream/gathered.js';
import type { Part } from '../../../stream/parted-queue.js';
import { enqueuePart, sendFailed } from '../../../stream/sending.js';
import { Stream } from '../../../stream/stream.js';
import { invalidState } from '../../../stream/unread.js';
import { FileCall } from '../call.js';
import { type FileDescriptor, numberOfFile } from '../descriptors.js';
import { checkFlag, checkLength, type FileOptions } from '../options.js';
import { statusOf } from '../values.js';
import type { FileWork } from '../work.js';

/** Options of `loop.fs.sendFile`. */
export interface SendFileOptions extends FileOptions {
  /** Where in the file to begin: 0 to 2^53-1 bytes, default 0. */
  offset?: number | undefined;
  /** How many bytes: 0 to 2^53-1. Default: to the end of the file. */
  length?: number | undefined;
  /** Whether to try without a thread first. Default: what the loop's `inlineFiles` says. */
  inline?: boolean | undefined;
}

const NAMES: OptionNames<SendFileOptions> = {
  offset: true,
  length: true,
  inline: true,
  signal: true,
};
const F_DUPFD_CLOEXEC = constant('F_DUPFD_CLOEXEC');
/** What a thread sends at once: then others are due. */
const THREAD_BYTES = 2 ** 22;
/** How much of a file is sent without a thread, and at once. */
const INLINE_BYTES = 2 ** 18;
const PIECE_BYTES = 2 ** 16;
/** For the call alone. */
const piece = new Uint8Array(PIECE_BYTES);

const FILE_ERRORS: ReadonlySet<number> = new Set(
  (['EBADF', 'EINVAL', 'EIO', 'EISDIR', 'EOVERFLOW', 'ESPIPE', 'ESTALE'] as const).map(
    (name) => -constant(name),
  ),
);
/** There is no number for a descriptor, for now: as a kernel that is short of memory. */
const NO_NUMBERS: ReadonlySet<number> = new Set([-constant('EMFILE'), -constant('ENFILE')]);
const ENOBUFS = -constant('ENOBUFS');
const EAGAIN = -constant('EAGAIN');
/** Whose calls say that they do not wait. */
const KINDS: ReadonlySet<number> = new Set([Kind.SOCKET, Kind.UNIX, Kind.FILE]);
const ABOUT = { syscall: 'sendfile' };

/** How it ends. */
interface Ending {
  resolve(bytes: number): void;
  reject(reason: unknown): void;
}

/** A file on its way to a stream. */
class SentFile implements Part {
  readonly #work: FileWork;
  readonly #stream: Stream;
  readonly #ending: Ending;
  readonly #inline: boolean | undefined;
  /** A duplicate of our own. */
  readonly #fd: number;
  #offset: number;
  #left: number;
  #sent = 0;
  #isAsked = false;
  isOver = false;
  #unwatch: (() => void) | undefined;

  constructor(
    work: FileWork,
    stream: Stream,
    fd: number,
    { offset, length, inline }: { offset: number; length: number; inline: boolean | undefined },
    ending: Ending,
  ) {
    this.#work = work;
    this.#stream = stream;
    this.#ending = ending;
    this.#inline = inline;
    this.#fd = fd;
    this.#offset = offset;
    this.#left = length;
    stream.loop.holdings.owner.own(fd);
  }

  watch(signal: AbortSignal): void {
    this.#unwatch = onAbort(signal, () => {
      this.#end(() => this.#ending.reject(abortError(signal)));
    });
  }

  move(): number {
    if (this.isOver || this.#isAsked) return 0;
    const size = this.#readNow();
    if (size === undefined) {
      this.#ask();
      return 0;
    }
    if (size === 0) {
      this.#finish();
      return 0;
    }
    const { handleFd, group } = this.#stream;
    const result = group.transfer.send(handleFd, piece.subarray(0, size));
    if (result < 0) return result;
    this.#went(result);
    return 0;
  }

  drop(): void {
    const { error, kind } = this.#stream;
    this.#end(() => this.#ending.reject(error ?? handleClosed(kind)));
  }

  /** How many bytes are in `piece`; undefined: a thread is to send it. */
  #readNow(): number | undefined {
    const length = Math.min(this.#left, PIECE_BYTES, INLINE_BYTES - this.#sent);
    if (length <= 0) return this.#left === 0 ? 0 : undefined;
    const files = this.#work.now(undefined, this.#inline);
    const size = files?.read(this.#fd, piece.subarray(0, length), this.#offset);
    if (typeof size !== 'number') return undefined;
    this.#work.did('sendFile', size);
    return size;
  }

  #went(bytes: number): void {
    this.#sent += bytes;
    this.#offset += bytes;
    this.#left -= bytes;
    this.#stream.writtenBytes += bytes;
    if (this.#left === 0) this.#finish();
  }

  #finish(): void {
    this.#end(() => this.#ending.resolve(this.#sent));
  }

  #end(tell: () => void): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#unwatch?.();
    const { owner } = this.#stream.loop.holdings;
    if (owner.owns(this.#fd)) {
      owner.disown(this.#fd);
      native.close(this.#fd);
    }
    tell();
  }

  // ---- on a thread ------------------------------------------------------------------

  /** The stream's output rests until it is answered: the order of the bytes is kept. */
  #ask(): void {
    const stream = this.#stream;
    const count = Math.min(this.#left, THREAD_BYTES);
    const request = new Promise<number>((resolve, reject) => {
      const args = [stream.handleFd, this.#fd, this.#offset, count] as const;
      const call = new FileCall(resolve, reject, 'sendFile', [...args], ABOUT, statusOf);
      this.#work.submit(call, undefined);
    });
    this.#isAsked = true;
    stream.flags |= RETRYING;
    updateInterest(stream);
    const answered = (error: Error | undefined, bytes: number) =>
      stream.loop.defer(() => stream.enter(() => this.#answered(error, bytes)), stream);
    request.then(
      (bytes) => answered(undefined, bytes),
      (error) => answered(error, error.errno ?? 0),
    );
  }

  /** @param result bytes, 0: the end of the file, or -errno */
  #answered(error: Error | undefined, result: number): void {
    const stream = this.#stream;
    this.#isAsked = false;
    if (!stream.active) return;
    stream.flags &= ~RETRYING;
    // There is room, or not: the poller says so, and what is next is sent then.
    updateInterest(stream);
    if (error === undefined && result > 0) {
      // Also of one that was aborted meanwhile.
      this.#went(result);
    } else if (error === undefined) {
      this.#finish();
    } else if (result === 0 || FILE_ERRORS.has(result)) {
      this.#end(() => this.#ending.reject(error));
    } else if (result !== EAGAIN && !this.isOver) {
      sendFailed(stream, NO_NUMBERS.has(result) ? ENOBUFS : result);
    }
  }
}

/** @throws TypeError; Error ERR_HANDLE_CLOSED, ERR_INVALID_STATE */
function checkTarget(stream: unknown): asserts stream is Stream {
  if (!(stream instanceof Stream)) throw invalidType('socket', 'a Socket or a DescriptorStream');
  if (!stream.writable) throw handleClosed(stream.kind);
  if (stream.group.relaying !== undefined) throw invalidState(`a relay has the ${stream.kind}`);
  if ((stream.flags & BY_REQUESTS) !== 0) throw invalidValue('socket', 'no file: use copyFile');
  if (KINDS.has(stream.group.transfer.kind)) return;
  throw invalidValue('socket', 'a stream socket or a pipe, of bytes, that does not block');
}

/** Sends a file: how many bytes. What is wrong with the arguments is thrown. */
export function sendFile(
  work: FileWork,
  stream: unknown,
  file: FileDescriptor,
  given: SendFileOptions = {},
): Promise<number> {
  const { offset, length, inline, signal } = readOptions('options', given, NAMES);
  checkSignal(signal);
  if (inline !== undefined) checkFlag('inline', inline);
  const where = {
    offset: checkLength('options.offset', offset),
    length: checkLength('options.length', length, Number.POSITIVE_INFINITY),
    inline,
  };
  const number = numberOfFile(file, 'sendfile');
  checkTarget(stream);
  throwIfAborted(signal);
  // What this turn has written goes first.
  sendGathered(stream);
  const fd = check(native.fcntl(number, F_DUPFD_CLOEXEC, 0), 'fcntl');
  return new Promise((resolve, reject) => {
    const sent = new SentFile(work, stream, fd, where, { resolve, reject });
    const isFirst = stream.queue === undefined;
    if (!enqueuePart(stream, sent)) {
      sent.drop();
      return;
    }
    if (signal !== undefined) sent.watch(signal);
    if (isFirst && (stream.flags & CONNECTING) === 0) stream.sendQueued();
  });
}
