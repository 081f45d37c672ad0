// A Unix socket as npm usocket has it: a Duplex of the host's over a stream of the default
// loop. Descriptors that came wait beside the bytes, until the program reads them by
// `read(length, count)`.
import { Duplex } from 'node:stream';
import { native } from '../../binding/index.js';
import { defaultLoop } from '../../faces/default-loop.js';
import { SystemError } from '../../raw/errors.js';
import type { Handlers } from '../../stream/handlers.js';
import type { Stream } from '../../stream/stream.js';
import { chunkOf, HeldDescriptors, type WithDescriptors } from './chunk.js';
import { UnreadDescriptors } from './unread.js';

/** Where to connect to; or a descriptor that is connected, and the socket's from now on. */
export interface ConnectTarget {
  /** A path. */
  path?: string | undefined;
  /** A descriptor of a Unix stream socket. */
  fd?: number | undefined;
}

/** What `read(length, count)` returns. */
export interface Message {
  /** Bytes; null: none were asked for, and there are none. */
  data: Buffer | null;
  /** Descriptors, the caller's to close. */
  fds: number[];
}

type Done = (error?: Error | null) => void;

/** Events: 'connected', 'fds' (an array of descriptors that came), and those of a Duplex. */
export class USocket extends Duplex {
  /** The descriptor, once it is connected. */
  fd?: number;
  #stream: Stream | undefined;
  readonly #unread = new UnreadDescriptors();
  readonly #held = new HeldDescriptors();
  /** What goes on when the output that is queued has gone out. */
  #drained: (() => void) | undefined;
  /** Bytes are wanted. */
  #reads = false;
  #destroyed = false;

  /** Connects, if `target` says where to; `listener` is told of 'connected'. */
  constructor(target?: string | ConnectTarget, listener?: () => void) {
    // What ends it is told by the socket's own end, once.
    super({ writableObjectMode: true, autoDestroy: false, emitClose: false });
    const to = typeof target === 'object' && target !== null ? target : { path: target };
    if (to.fd || to.path) this.connect(to, listener);
  }

  /**
   * Connects to a path: 'connected' or 'error' follows. Or takes a descriptor over.
   *
   * @throws Error when it is connected, for what is no path
   */
  connect(target: string | ConnectTarget, listener?: () => void): void {
    if (this.#stream !== undefined) throw new Error('connect on already connected USocket');
    if (typeof listener === 'function') this.once('connected', listener);
    const to = typeof target === 'object' && target !== null ? target : { path: target };
    const { path, fd }: ConnectTarget = to;
    if (typeof fd !== 'number' && typeof path !== 'string') {
      throw new Error('USocket#connect expects string path');
    }
    this.#destroyed = false;
    const allowHalfOpen = true;
    const loop = defaultLoop();
    try {
      if (typeof fd !== 'number') {
        const handlers = this.#handlers(() => this.#connected());
        this.#stream = loop.connect({ path: path as string, allowHalfOpen }, handlers);
      } else {
        this.#stream = loop.stream(fd, { allowHalfOpen }, this.#handlers());
        this.#takeUp(fd);
      }
    } catch (error) {
      // One that was opened by us, by accepting say, would be left over.
      if (error instanceof SystemError && typeof fd === 'number') native.close(fd);
      loop.setImmediate(() => this.#failed(error as Error));
    }
  }

  /**
   * Bytes, as of any stream. With `fdCount` also as many descriptors, null: all there are; null
   * where there are fewer of either.
   */
  override read(size?: number | null): Buffer | null;
  override read(size: number | null | undefined, fdCount: number | null): Message | null;
  override read(size?: number | null, fdCount?: number | null): Buffer | Message | null {
    if (this.#destroyed) return null;
    const bytes = size ?? undefined;
    if (fdCount === undefined) return super.read(bytes);
    const count = fdCount ?? this.#unread.count;
    if (this.#unread.count < count) {
      // Whoever waits for them waits for bytes.
      super.read(0);
      return null;
    }
    const data: Buffer | null = super.read(bytes);
    if (size && data === null) return null;
    return { data, fds: this.#unread.take(count) };
  }

  /** Puts back what was read. */
  override unshift(chunk: Buffer | null, fds?: BufferEncoding | number[]): void {
    if (chunk) super.unshift(chunk);
    if (Array.isArray(fds)) this.#unread.putBack(fds);
  }

  /** Writes bytes, an array of descriptors, or both. @returns false: go on in 'drain' */
  override write(
    chunk: string | Uint8Array | number[] | WithDescriptors,
    encoding?: BufferEncoding | null | Done,
    callback?: Done,
  ): boolean {
    const isText = typeof chunk === 'string';
    const text = typeof encoding === 'string' ? encoding : 'utf8';
    const given = isText ? Buffer.from(chunk, text) : chunk;
    const done = typeof encoding === 'function' ? encoding : callback;
    return super.write(given, 'utf8', done);
  }

  /** Ends our side, behind what was written. */
  override end(...args: unknown[]): this {
    super.end(...(args as [unknown]));
    // The peer's end is seen by reading.
    if (this.#stream !== undefined) this.read(0);
    return this;
  }

  /** Closes it, and the descriptors that came and that nobody has read; no event follows. */
  override destroy(): this {
    this.#unread.close();
    if (this.#stream === undefined) return this;
    const stream = this.#stream;
    this.#destroyed = true;
    this.#letGo();
    stream.destroy();
    return this;
  }

  /** @internal */
  override _read(): void {
    this.#reads = true;
    this.#stream?.resume();
  }

  /** @internal */
  override _write(given: unknown, _encoding: BufferEncoding, done: Done): void {
    const stream = this.#stream;
    if (stream === undefined) {
      done(new Error('USocket not connected'));
      return;
    }
    try {
      const { data, fds = [], callback } = chunkOf(given);
      const finish = () => {
        callback?.(given as WithDescriptors);
        done();
      };
      if (data === undefined || data.length === 0) this.#held.hold(fds);
      else if (!this.#send(stream, data, fds)) {
        this.#drained = finish;
        return;
      }
      finish();
    } catch (error) {
      done(error as Error);
    }
  }

  /** @internal */
  override _final(done: Done): void {
    this.#held.drop();
    this.#stream?.end();
    done();
  }

  #send(stream: Stream, data: Uint8Array, fds: readonly number[]): boolean {
    return this.#held.sendWith(fds, (all) =>
      all.length === 0 ? stream.write(data) : stream.write(data, { fds: all }),
    );
  }

  // ---- what the loop tells ------------------------------------------------------------

  #handlers(open = () => {}): Handlers<Stream> {
    const ifOurs = (work: () => void) => (stream: Stream) => {
      if (stream === this.#stream) work();
    };
    return {
      open: ifOurs(open),
      data: (_stream, chunk, fds) => this.#received(chunk, fds?.take() ?? []),
      drain: ifOurs(() => {
        const drained = this.#drained;
        this.#drained = undefined;
        drained?.();
      }),
      end: ifOurs(() => this.push(null)),
      close: (stream, error) => {
        if (stream !== this.#stream) return;
        if (error === undefined) this.#closed();
        else this.#failed(error);
      },
    };
  }

  #connected(): void {
    this.#takeUp((this.#stream as Stream).handleFd);
    this.emit('connected');
  }

  /** Nothing is read that nobody asks for: descriptors must not come before their reader. */
  #takeUp(fd: number): void {
    this.fd = fd;
    if (!this.#reads) this.#stream?.pause();
  }

  #received(chunk: Uint8Array, fds: number[]): void {
    if (fds.length > 0) {
      // Whoever hears of them may use them at once.
      this.#unread.add(fds, this.listenerCount('fds') > 0);
      this.emit('fds', fds);
      // Who heard of them has destroyed it.
      if (this.#stream === undefined) return;
    }
    if (this.push(Buffer.from(chunk))) return;
    this.#reads = false;
    this.#stream?.pause();
  }

  #closed(): void {
    this.#letGo();
    this.emit('close');
  }

  #failed(error: Error): void {
    this.#letGo();
    this.emit('error', error);
    this.emit('close', error);
  }

  #letGo(): void {
    this.#stream = undefined;
    this.#drained = undefined;
    this.#reads = false;
    this.#held.drop();
  }
}
