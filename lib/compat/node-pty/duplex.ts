// One side of a terminal as a Duplex of node:stream, for `open`.
import { Duplex } from 'node:stream';
import type { Handlers } from '../../stream/handlers.js';
import type { Stream } from '../../stream/stream.js';

type Done = (error?: Error | null) => void;

export class SideStream extends Duplex {
  #stream: Stream | undefined;
  #drained: Done | undefined;
  #closed: Done | undefined;
  #isOver = false;
  /** Those of the stream that it will be attached to. */
  readonly handlers: Handlers<Stream> = {
    data: (stream, chunk) => {
      if (!this.push(Buffer.from(chunk))) stream.pause();
    },
    drain: () => this.#goOn(),
    end: () => void this.push(null),
    close: (_stream, error) => this.#over(error),
  };

  constructor(encoding: BufferEncoding | null) {
    super();
    if (encoding !== null) this.setEncoding(encoding);
  }

  attach(stream: Stream): void {
    this.#stream = stream;
  }

  /** @internal */
  override _read(): void {
    this.#stream?.resume();
  }

  /** @internal */
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    const stream = this.#stream;
    if (stream === undefined || stream.write(chunk) || !stream.writable) done();
    else this.#drained = done;
  }

  /** @internal */
  override _destroy(error: Error | null, done: Done): void {
    const stream = this.#stream;
    if (stream === undefined || this.#isOver) {
      done(error);
      return;
    }
    this.#closed = () => done(error);
    stream.destroy();
  }

  #goOn(): void {
    const drained = this.#drained;
    this.#drained = undefined;
    drained?.();
  }

  /** That the other side has gone is no error of a terminal's. */
  #over(error: Error | undefined): void {
    this.#isOver = true;
    if (this.#closed !== undefined) this.#closed();
    else if (error !== undefined && (error as { code?: string }).code !== 'EIO')
      this.destroy(error);
    else if (!this.readableEnded && this.readableLength === 0) this.push(null);
    this.#goOn();
  }
}
