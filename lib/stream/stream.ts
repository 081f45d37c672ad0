// A connected stream: its life, and what the loop found for it handed to its halves, which
// are input.ts and output.ts. What kind of descriptor it is, and how it came to be
// connected, is its family's: see net/socket.ts.
import { abortError } from '../base/abort.js';
import type { HandleLoop } from '../loop/contract.js';
import { NOT_READ, Transfer } from '../loop/layout.js';
import { runCleanup } from '../loop/when-closed.js';
import { Interest, Ready } from '../poller/interest.js';
import { constant } from '../raw/constants.js';
import { updateInterest } from './base.js';
import { prepareDetach } from './detaching.js';
import { drainedByClose } from './drained-promise.js';
import {
  CONNECTING,
  END_FOLLOWS,
  KEEPS,
  PAUSED,
  READ_ENDED,
  READING,
  RELAYED,
  STASHED,
  TOLD,
} from './flags.js';
import type { StreamGroup } from './group.js';
import { enter, entered, NO_HANDLERS } from './handlers.js';
import { unwatchIdle, watchIdle } from './idle-limit.js';
import {
  askForError,
  chunkOf,
  deliver,
  dropStash,
  endAsPeer,
  readNoBytes,
  setReading,
  stash,
  unhold,
  unstash,
} from './input.js';
import { openedPromise, settleOpened } from './opened-promise.js';
import { StreamOutput } from './output.js';
import { settle } from './promised.js';
import { receivedWith } from './received.js';
import { dropUnread, endUnread, iterate, keepUnread } from './unread.js';

const EAGAIN = -constant('EAGAIN');

/** A connected stream of bytes: both of its halves, and its life. */
export abstract class Stream extends StreamOutput {
  /** Yours: what belongs to this one connection. */
  data: unknown = undefined;

  /** @internal The descriptor is owned from `start` on. */
  constructor(loop: HandleLoop, group: StreamGroup) {
    super(loop, group);
    this.keepContext();
  }

  /** Starts as connected. @internal */
  startOpen(fd: number): void {
    this.start(fd, Interest.READ);
    this.begin();
  }

  /** It has started as connected: its descriptor is its own, and bytes move. @internal */
  begin(): void {
    this.own();
    tellTransfer(this);
    if (this.group.handlers === NO_HANDLERS) keepUnread(this);
    setReading(this, true);
    // `start` asked for what comes; who is not to read yet would be told of it without end.
    if ((this.flags & READING) === 0) updateInterest(this);
    watchIdle(this);
  }

  /** @internal Starts on its way: `onConnectable` is called once it is connected, or not. */
  startUnconnected(fd: number): void {
    this.flags |= CONNECTING;
    this.setWorking(true);
    this.start(fd, Interest.WRITE);
    this.own();
    tellTransfer(this);
  }

  /**
   * @internal The attempt to connect has ended: `connected` or `fail` follows. Left out
   * where nothing connects.
   */
  onConnectable?(): void;

  /** @internal What was put off until now begins. */
  connected(): void {
    this.flags &= ~CONNECTING;
    this.setWorking(this.queue !== undefined);
    if (this.group.handlers === NO_HANDLERS) keepUnread(this);
    setReading(this, true);
    this.beginOutput();
    watchIdle(this);
    settleOpened(this);
    enter(this, 'open');
    opened(this);
  }

  /** @internal */
  onReady(events: number, index: number): void {
    if ((this.flags & (CONNECTING | RELAYED)) !== 0) {
      if ((this.flags & CONNECTING) !== 0) this.onConnectable?.();
      else this.group.relaying?.ready(this, events);
      return;
    }
    const { streams } = this.loop;
    const result = streams.result(index);
    if (result > 0) {
      this.readBytes += result;
      const fds = streams.passed.has(index) ? receivedWith(this.loop, index) : undefined;
      const chunk = chunkOf(this, index);
      if (chunk === undefined) {
        fds?.closeRest();
        return;
      }
      if ((this.flags & PAUSED) !== 0) stash(this, chunk, fds);
      else deliver(this, chunk, fds);
    } else if (result !== NOT_READ && result !== EAGAIN) {
      readNoBytes(this, index, result);
    }
    if ((events & ~Interest.READ) === 0 || !this.active) return;
    // Who reads hears of an error by reading. That nobody reads a pipe any more is a hangup,
    // and no error, to the kqueue of who only writes it.
    const ended = (events & (Ready.ERROR | Ready.HANGUP)) !== 0;
    if (ended && (this.flags & READING) === 0) askForError(this);
    if (this.active) this.sendQueued();
  }

  /** @internal */
  onClosed(): void {
    runCleanup(this);
    this.closeOwned();
    unwatchIdle(this);
    this.group.owner?.forget();
    this.flags |= TOLD;
    settleOpened(this);
    drainedByClose(this);
    endUnread(this, this.failure);
    enter(this, 'close');
    this.group.handlers.close?.(this, this.failure);
  }

  /** @internal */
  override describe(): string {
    return `${this.kind} ${entered(this)}`;
  }

  /** Stops reading; the kernel's buffer fills and the peer has to wait. Idempotent. */
  pause(): this {
    this.flags |= PAUSED;
    setReading(this, false);
    return this;
  }

  /** Reads again. Idempotent. */
  resume(): this {
    if ((this.flags & PAUSED) === 0 || !this.active) return this;
    this.flags &= ~PAUSED;
    if ((this.flags & STASHED) !== 0) this.loop.defer(() => this.enter(() => unstash(this)), this);
    else setReading(this, true);
    return this;
  }

  /** True while `pause` holds. */
  get paused(): boolean {
    return (this.flags & PAUSED) !== 0;
  }

  /** True once connected, until closed. */
  get open(): boolean {
    return this.active && (this.flags & CONNECTING) === 0;
  }

  /**
   * Resolves with this stream once it is connected, behind its `open` callback: at once, when it
   * is. Rejects with the error that the attempt ended with, which is no unhandled rejection where
   * nobody waits; with ERR_HANDLE_CLOSED when it was closed before.
   *
   * @example
   * const socket = await loop.connect({ port: 7000 }).opened;
   */
  get opened(): Promise<this> {
    return openedPromise(this) as Promise<this>;
  }

  /**
   * Its chunks, each memory of its own, to the end of the peer; an error that ends it is thrown
   * behind what came before. While more than `highWaterMark` bytes wait to be taken nothing is
   * read. Leaving the loop destroys the stream. What we end by ourselves after the peer's end
   * (see `allowHalfOpen`) comes behind the code that follows the loop.
   *
   * What comes before somebody iterates is dropped, unless the handlers were left out.
   *
   * @throws Error ERR_INVALID_STATE with a `data` handler, or when it is iterated already
   * @example
   * for await (const chunk of socket) socket.write(chunk);
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    return iterate(this, (this.flags & (READ_ENDED | TOLD)) !== 0);
  }

  /** @internal */
  override readOn(): void {
    unhold(this);
  }

  /** @internal */
  override allWasRead(): void {
    if ((this.flags & END_FOLLOWS) === 0) return;
    // Behind what the program does with it: the microtasks of now.
    this.loop.defer(() => this.enter(() => endAsPeer(this)), this);
  }

  /** Drops what is queued and closes; `close(socket, error)` follows. Idempotent. */
  destroy(error?: Error): void {
    if (this.isClosed) return;
    if (error !== undefined) this.failure = error;
    if ((this.flags & KEEPS) !== 0 && isCalledOff(this, error)) dropUnread(this);
    leave(this);
    this.beginClose();
  }

  /** The same as `destroy()`. */
  close(): void {
    this.destroy();
  }

  /**
   * Gives the descriptor back and closes without it: it stays open, close-on-exec and
   * non-blocking, and is the caller's as if opened by `rawloop/raw`: for another loop's
   * `stream(fd)`, for `raw.release` and a Worker's `stream(fd)`, for a child process.
   * `close(socket)` follows, and nothing else.
   *
   * What is unread in the kernel stays there. What this turn has read already is told by
   * `data` before it returns, also while the stream is paused, as it cannot be put back; who
   * iterates gets it, and what else was kept, to the end of the loop. What was written goes out
   * first.
   *
   * @throws Error ERR_STREAM_OUTPUT_QUEUED while output waits for the peer: `drain` follows,
   *   detach there; ERR_STREAM_CONNECTING; ERR_HANDLE_CLOSED. It goes on then
   * @example
   * const fd = socket.detach();
   * other.stream(fd, {}, handlers);
   */
  detach(): number {
    prepareDetach(this);
    return this.releaseDescriptor();
  }

  /** @internal What callbacks have written goes out first; what is queued is dropped. */
  override releaseDescriptor(): number {
    this.loop.flush();
    leave(this);
    return super.releaseDescriptor();
  }
}

// Functions, not private methods: those cost each object eight bytes a class.

/** It moves no more bytes. */
function leave(stream: Stream): void {
  setReading(stream, false);
  stream.dropOutput();
  dropStash(stream);
}

/** Whether what was read is not to be told: the program closed it before the peer's end. */
function isCalledOff({ flags }: Stream, error: Error | undefined): boolean {
  if (error === undefined) return (flags & READ_ENDED) === 0;
  return (error as { code?: string }).code === 'ABORT_ERR';
}

/** A slot is a TCP socket's, unless it is said. */
function tellTransfer(stream: Stream): void {
  const { kind } = stream.group.transfer;
  if (kind !== Transfer.SOCKET) stream.loop.table.setTransfer(stream.slot, kind);
}

/** What a signal does to a stream: see `endOnAbort`. */
export function destroyBy(stream: Stream, signal: AbortSignal): void {
  stream.destroy(abortError(signal));
}

/** Calls its `open`. */
export function opened(stream: Stream): void {
  const returned = stream.group.handlers.open?.(stream);
  if (returned !== undefined) settle(stream, returned);
}
