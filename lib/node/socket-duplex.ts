// What toDuplex gives: a Duplex of node:stream, with what http, tls and their like ask of a
// net.Socket beside. How bytes move is bridge.ts; here is the face.
import { Duplex, type DuplexOptions } from 'node:stream';
import { checkFunction } from '../base/validate.js';
import type { DescriptorStream } from '../descriptor/stream.js';
import { checkDelay } from '../loop/time/timers.js';
import type { Socket } from '../net/socket.js';
import type { FileReadStream } from '../pool/fs/stream/read-stream.js';
import type { FileWriteStream } from '../pool/fs/stream/write-stream.js';
import type { Stream } from '../stream/stream.js';
import { Bridge } from './bridge.js';
import { Names, type NodeAddress } from './kernel-side.js';
import type { Chunk, Written } from './pending-output.js';

/** Called once a chunk is sent, or is not to be. */
export type WriteCallback = (error: Error | null | undefined) => void;

/** What `toDuplex` takes: a connection, or what `loop.stream` gave. */
export type DuplexSource = Socket | DescriptorStream | FileReadStream | FileWriteStream;

/**
 * A stream of rawloop's as a Duplex of node:stream, with the methods of a net.Socket that `http`,
 * `tls` and others call: what `toDuplex` gives. Emits 'connect' and 'ready' once connected, and
 * 'timeout', beside the events of every Duplex.
 */
export class SocketDuplex extends Duplex {
  readonly #bridge: Bridge;
  readonly #names: Names;
  /** Our side was ended because the peer's was. */
  #follows = false;

  /** @internal Use `toDuplex`. */
  constructor(stream: Stream, options: DuplexOptions) {
    super(options);
    this.#bridge = new Bridge(stream, this);
    this.#names = new Names(stream);
    this.#bridge.begin();
  }

  /** The stream that it stands on. Its handlers are the Duplex's; options and metrics are there. */
  get source(): DuplexSource {
    return this.#bridge.stream as DuplexSource;
  }

  /**
   * As of any Duplex. What only has to be copied behind the output of this turn of the loop
   * does not pass through the buffer of the Duplex: it counts as sent.
   */
  override write(chunk: unknown, callback?: WriteCallback): boolean;
  override write(chunk: unknown, encoding: BufferEncoding, callback?: WriteCallback): boolean;
  override write(
    chunk: unknown,
    second?: BufferEncoding | WriteCallback,
    third?: WriteCallback,
  ): boolean {
    const callback = typeof second === 'function' ? second : third;
    const encoding = typeof second === 'function' ? undefined : second;
    const isTaken = this.#bridge.gathers(chunk, encoding) || this.#takesLastWord(chunk);
    if (!isTaken) return super.write(chunk, second as never, third);
    if (typeof callback === 'function') this.#bridge.callBack(callback);
    return true;
  }

  /**
   * What stands on it hears of the peer's end behind node:stream, which has ended our side by then:
   * the farewell of TLS would be ERR_STREAM_WRITE_AFTER_END, where a net.Socket below it sends it.
   */
  #takesLastWord(chunk: unknown): boolean {
    return this.#follows && chunk instanceof Uint8Array && this.#bridge.sendsLast(chunk);
  }

  /** As of any Duplex. */
  override end(callback?: () => void): this;
  override end(chunk: unknown, callback?: () => void): this;
  override end(chunk: unknown, encoding?: BufferEncoding, callback?: () => void): this;
  override end(...given: unknown[]): this {
    // By node:stream itself, unless half open.
    this.#follows ||= given.length === 0 && this.readableEnded && !this.allowHalfOpen;
    return super.end(...(given as []));
  }

  /** As of any Duplex. */
  override setDefaultEncoding(encoding: BufferEncoding): this {
    super.setDefaultEncoding(encoding);
    this.#bridge.defaultEncoding = encoding;
    return this;
  }

  /** @internal */
  override _read(): void {
    this.#bridge.read();
  }

  /** @internal */
  override _write(chunk: Buffer | string, encoding: BufferEncoding, written: Written): void {
    this.#bridge.write(chunk, encoding, written);
  }

  /** @internal */
  override _writev(chunks: Chunk[], written: Written): void {
    this.#bridge.writeAll(chunks, written);
  }

  /** @internal */
  override _final(finished: Written): void {
    this.#bridge.finish(finished);
  }

  /** @internal */
  override _destroy(error: Error | null, closed: Written): void {
    this.#bridge.destroy(error, closed);
  }

  // ---- of a net.Socket ------------------------------------------------------------

  /** True while it is on its way; 'connect' follows. */
  get connecting(): boolean {
    const { stream } = this.#bridge;
    return stream.active && !stream.open;
  }

  /** True until it is connected, and when it is closed. */
  get pending(): boolean {
    return !this.#bridge.stream.open;
  }

  /** 'opening', 'open', 'readOnly', 'writeOnly' or 'closed', as of a net.Socket. */
  get readyState(): string {
    if (this.connecting) return 'opening';
    if (this.readable) return this.writable ? 'open' : 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
  }

  /** Bytes read so far. */
  get bytesRead(): number {
    return this.#bridge.stream.bytesRead;
  }

  /** Bytes handed to the stream so far; what is buffered in the Duplex is `writableLength`. */
  get bytesWritten(): number {
    return this.#bridge.stream.bytesWritten;
  }

  /** The peer's IP address; undefined of a Unix socket. */
  get remoteAddress(): string | undefined {
    return this.#names.remote?.address;
  }

  /** The peer's port. */
  get remotePort(): number | undefined {
    return this.#names.remote?.port;
  }

  /** 'IPv4' or 'IPv6'. */
  get remoteFamily(): string | undefined {
    return this.#names.remote?.family;
  }

  /** Our IP address; undefined of a Unix socket. */
  get localAddress(): string | undefined {
    return this.#names.local?.address;
  }

  /** Our port. */
  get localPort(): number | undefined {
    return this.#names.local?.port;
  }

  /** 'IPv4' or 'IPv6'. */
  get localFamily(): string | undefined {
    return this.#names.local?.family;
  }

  /** Our address as one object; empty where there is none. */
  address(): NodeAddress | Record<string, never> {
    return this.#names.local ?? {};
  }

  /** Milliseconds of `setTimeout`; 0: none. */
  get timeout(): number {
    return this.#bridge.idle.limitMs;
  }

  /**
   * Emits 'timeout' once no byte has moved for so long; it is never early, and closes nothing.
   *
   * @param ms 0 to 2^53, fractions as well; 0 turns it off
   * @param callback listens for the next 'timeout'; with 0 it is taken off
   * @throws TypeError, RangeError
   */
  setTimeout(ms: number, callback?: () => void): this {
    const limitMs = checkDelay(ms);
    if (callback !== undefined) checkFunction('callback', callback);
    this.#bridge.idle.set(limitMs);
    if (callback === undefined) return this;
    return limitMs === 0
      ? this.removeListener('timeout', callback)
      : this.once('timeout', callback);
  }

  /**
   * TCP_NODELAY, which is on unless it was turned off; nothing on a Unix socket. Before it is connected it
   * is kept until then. See tcp(7).
   */
  setNoDelay(on = true): this {
    this.#bridge.options.setNoDelay(on);
    return this;
  }

  /**
   * SO_KEEPALIVE, and after how long without traffic; nothing on a Unix socket. Before it is
   * connected it is kept until then. See tcp(7).
   *
   * @param initialDelayMs rounded down to seconds; 0: as it was
   */
  setKeepAlive(on = false, initialDelayMs = 0): this {
    this.#bridge.options.setKeepAlive(on, initialDelayMs);
    return this;
  }

  /** Lets it keep the loop alive, as it does at first. */
  ref(): this {
    this.#bridge.stream.ref();
    return this;
  }

  /** Lets the loop end although it is open. */
  unref(): this {
    this.#bridge.stream.unref();
    return this;
  }

  /** Ends, and is destroyed once all that was written is sent. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', this.destroy);
  }

  /** Closes with a reset: the peer gets nothing that is on its way. */
  resetAndDestroy(): this {
    const { stream } = this.#bridge;
    if ('resetAndDestroy' in stream) (stream as Socket).resetAndDestroy();
    return this.destroy();
  }
}
