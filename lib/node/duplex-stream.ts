// What fromDuplex gives: any Duplex of node:stream, TLS, a pair of zlib's, a channel of ssh, with
// the surface of our streams, so that one protocol's code runs on both. It stands in no loop: the
// host moves its bytes.
import { type Duplex, finished } from 'node:stream';
import type { Bytes } from '../binding/index.js';
import { byteLengthOf, toBytes } from '../loop/bytes.js';
import { closedPromise, closeIsAwaited, settleClosed } from '../loop/closed-promise.js';
import { CLOSED, CLOSING } from '../loop/handle-flags.js';
import { codedError } from '../raw/errors.js';
import type { Handlers } from '../stream/handlers.js';
import { settle } from '../stream/promised.js';
import { invalidState } from '../stream/unread.js';
import { type DuplexSettings, whenOpen } from './duplex-options.js';

/**
 * Called with what happens; all are optional, and one object may serve many streams. `open` comes
 * once it is connected, of TLS when the handshake is done; a chunk of `data` is its own, and may
 * be kept. As to promises, and to `Data`, see `StreamHandlers`.
 */
export interface DuplexStreamHandlers<Data = unknown> extends Handlers<DuplexStream<Data>> {}

/** A Duplex with the surface of our streams: what `fromDuplex` gives. */
export class DuplexStream<Data = unknown> {
  /** Yours: what belongs to this one stream. Undefined until you set it. */
  declare data: Data;
  /** What it stands on. */
  readonly duplex: Duplex;
  /** Bytes read so far. */
  bytesRead = 0;
  /** Bytes taken by `write` so far; some may still wait. */
  bytesWritten = 0;
  /** @internal As of a handle: what `closedPromise` asks. */
  flags = 0;
  readonly #handlers: DuplexStreamHandlers<Data> | undefined;
  readonly #settings: DuplexSettings;
  readonly #written: () => void;
  #failure: Error | undefined;
  #isOpen = false;
  #hasEnded = false;
  #needDrain = false;
  #isIterated = false;

  /** @internal Use `fromDuplex`. */
  constructor(
    duplex: Duplex,
    handlers: DuplexStreamHandlers<Data> | undefined,
    settings: DuplexSettings,
  ) {
    this.duplex = duplex;
    this.#handlers = handlers;
    this.#settings = settings;
    this.#written = () => this.#taken();
    // As long as there is such a stream: none of its errors is to end the process.
    duplex.on('error', (error: Error) => this.noteError(error));
    finished(duplex, (error) => this.#over(error ?? undefined));
    whenOpen(duplex, () => this.#opened());
    duplex.on('end', () => this.#peerEnded());
    if (handlers?.data !== undefined) duplex.on('data', (chunk: unknown) => this.#received(chunk));
    else if (handlers !== undefined) duplex.resume();
  }

  /** 'DuplexStream'. */
  get kind(): string {
    return 'DuplexStream';
  }

  /** True once connected, until closed. */
  get open(): boolean {
    return this.#isOpen && !this.isClosed;
  }

  /** Whether `write` takes bytes: until the end, ours or that of the stream. */
  get writable(): boolean {
    return !this.#hasEnded && !this.isClosed && this.duplex.writable;
  }

  /** True from the first close on. */
  get isClosed(): boolean {
    return (this.flags & (CLOSING | CLOSED)) !== 0;
  }

  /** Resolves when it has closed, behind its `close` callback; rejects with `error`. */
  get closed(): Promise<void> {
    return closedPromise(this);
  }

  /** @internal Whether somebody hears why it ends. */
  get isHeard(): boolean {
    return this.#isIterated || this.#handlers?.close !== undefined || closeIsAwaited(this);
  }

  /** The error that closed it, if one did. */
  get error(): Error | undefined {
    return this.#failure;
  }

  /** Bytes that wait to be taken by the Duplex. */
  get bufferedBytes(): number {
    return this.duplex.writableLength;
  }

  /**
   * Sends bytes, or a string as UTF-8, behind all that was written before. They are copied: the
   * memory may be used again when it returns. On a stream that is closed or ended it does nothing.
   *
   * @returns false once more than `highWaterMark` bytes wait: go on in `drain`. False, and no
   *   `drain`, when nothing is taken: see `writable`
   * @throws TypeError for anything that is no bytes
   */
  write(data: Bytes | string): boolean {
    const bytes = typeof data === 'string' ? Buffer.from(data) : copyOf(data);
    if (!this.writable) {
      if (bytes.length > 0 && this.#hasEnded) this.noteError(lateWrite());
      return false;
    }
    const waiting = this.bufferedBytes;
    const { highWaterMark, maxBufferedBytes } = this.#settings;
    if (waiting + bytes.length > maxBufferedBytes) {
      this.destroy(tooMuch(maxBufferedBytes, waiting, bytes.length));
      return false;
    }
    this.bytesWritten += bytes.length;
    if (bytes.length > 0) this.duplex.write(bytes, this.#written);
    if (this.bufferedBytes <= highWaterMark) return !this.isClosed;
    this.#needDrain = true;
    return false;
  }

  /**
   * Ends our side, behind all that was written. Idempotent.
   *
   * @param data written first
   * @throws TypeError for anything that is no bytes
   */
  end(data?: Bytes | string): void {
    if (data !== undefined) this.write(data);
    if (this.#hasEnded || this.isClosed) return;
    this.#hasEnded = true;
    this.duplex.end();
  }

  /** Drops what waits and closes; `close(stream, error)` follows. Idempotent. */
  destroy(error?: Error): void {
    if (this.isClosed) return;
    if (error !== undefined) this.noteError(error);
    this.flags |= CLOSING;
    this.duplex.destroy(error);
  }

  /** The same as `destroy()`. */
  close(): void {
    this.destroy();
  }

  /** Stops reading, so that the peer has to wait. Idempotent. */
  pause(): this {
    this.duplex.pause();
    return this;
  }

  /** Reads again. Idempotent. */
  resume(): this {
    if (this.#handlers !== undefined) this.duplex.resume();
    return this;
  }

  /** True while `pause` holds. */
  get paused(): boolean {
    return this.duplex.isPaused();
  }

  /** @internal `close` is to tell it, unless it tells another; whether it will. */
  noteError(error: Error): boolean {
    if ((this.flags & CLOSED) !== 0 || this.#failure !== undefined) return false;
    this.#failure = error;
    return true;
  }

  /**
   * Its chunks to the end of the peer, where the handlers were left out; an error that ends it is
   * thrown. Leaving the loop destroys the stream. Our own end follows behind the loop, unless
   * `allowHalfOpen`.
   *
   * @throws Error ERR_INVALID_STATE with handlers, or when it is iterated already
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    if (this.#handlers !== undefined) {
      throw invalidState('the DuplexStream has handlers, which are given its bytes');
    }
    if (this.#isIterated) throw invalidState('the DuplexStream is iterated already');
    this.#isIterated = true;
    return this.#chunks();
  }

  /** The same as `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Closes it and waits until it has closed. What ended it is not thrown. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.closed.catch(() => {});
  }

  async *#chunks(): AsyncGenerator<Uint8Array, undefined> {
    let isWhole = false;
    try {
      for await (const chunk of this.duplex.iterator({ destroyOnReturn: false })) {
        yield this.#counted(chunk);
      }
      isWhole = true;
    } finally {
      if (!isWhole) this.destroy();
      // Behind what the program does with it: the microtasks of now.
      else if (!this.#settings.allowHalfOpen) setImmediate(() => this.end());
    }
  }

  /** @throws TypeError for what a Duplex in object mode may give: anything */
  #counted(chunk: unknown): Uint8Array {
    const encoding = this.duplex.readableEncoding ?? 'utf8';
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : bytesOf(chunk);
    this.bytesRead += bytes.length;
    return bytes;
  }

  #opened(): void {
    if (this.#isOpen || this.isClosed || this.duplex.destroyed) return;
    this.#isOpen = true;
    settle(this, this.#handlers?.open?.(this));
  }

  #received(chunk: unknown): void {
    if (this.isClosed) return;
    let bytes: Uint8Array;
    try {
      bytes = this.#counted(chunk);
    } catch (error) {
      // Not thrown at whoever wrote into the Duplex.
      this.destroy(error as Error);
      return;
    }
    try {
      // Of what came in one run with the handshake, or with the making of it.
      this.#opened();
    } finally {
      if (!this.isClosed) settle(this, this.#handlers?.data?.(this, bytes));
    }
  }

  #taken(): void {
    if (!this.#needDrain || this.bufferedBytes > 0 || this.isClosed) return;
    this.#needDrain = false;
    settle(this, this.#handlers?.drain?.(this));
  }

  #peerEnded(): void {
    // Who iterates may answer yet.
    if (this.isClosed || this.#isIterated) return;
    try {
      settle(this, this.#handlers?.end?.(this));
    } finally {
      if (!this.#settings.allowHalfOpen) this.end();
    }
  }

  #over(error: Error | undefined): void {
    // That it ends before its time is what we wanted, where we closed it.
    if (error !== undefined && (this.flags & CLOSING) === 0) this.noteError(error);
    this.duplex.destroy();
    this.flags = (this.flags & ~CLOSING) | CLOSED;
    settleClosed(this);
    settle(this, this.#handlers?.close?.(this, this.#failure));
  }
}

function bytesOf(chunk: unknown): Uint8Array {
  try {
    return toBytes(chunk as Bytes);
  } catch {
    const message = 'the Duplex gave a chunk that is no bytes: is it one of objects?';
    throw codedError(TypeError, 'ERR_INVALID_ARG_TYPE', message);
  }
}

function copyOf(data: Bytes): Buffer {
  const bytes = toBytes(data);
  const copy = Buffer.allocUnsafe(byteLengthOf(bytes));
  copy.set(bytes);
  return copy;
}

const lateWrite = () => codedError(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end');

function tooMuch(limit: number, waiting: number, more: number): Error {
  const message = `more than ${limit} bytes would be queued: ${waiting} wait, ${more} came`;
  return codedError(Error, 'ERR_STREAM_MAX_BUFFERED', message);
}
