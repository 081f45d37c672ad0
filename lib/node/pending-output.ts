// What a Duplex has to write, on its way to a stream: one call of the stream's `write` for
// each chunk, and when that says false the rest waits for `drain`. The callback that node:stream
// waits for is called once the kernel has taken all of it, so that what the Duplex counts as
// buffered (`writableLength`) is what the peer has not made room for.
import type { Stream } from '../stream/stream.js';

/** The callback of `_write`. */
export type Written = (error?: Error | null) => void;

/** A chunk as `_writev` is given it. */
export interface Chunk {
  readonly chunk: Buffer | string;
  readonly encoding: BufferEncoding;
}

/**
 * Larger chunks go in pieces: what the kernel does not take of one is copied, and that is to be
 * little, whatever a program writes at once.
 */
const PIECE_BYTES = 262144;
/** Outside of a turn each write is a system call: so much is copied together for one. */
const TOGETHER_BYTES = 65536;
/** Text of so many code units is not longer than a piece, whatever it is. */
const SHORT_TEXT = PIECE_BYTES / 3;
const NONE: readonly Buffer[] = [];

export class PendingOutput {
  readonly #stream: Stream;
  #rest: readonly (Buffer | string)[] = NONE;
  #next = 0;
  #written: Written | undefined;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  /** Writes one chunk: at once as a rule. */
  write(chunk: Buffer | string, encoding: BufferEncoding, written: Written): void {
    const data = typeof chunk === 'string' ? asWritten(chunk, encoding) : chunk;
    if (data.length > PIECE_BYTES) {
      this.#begin(piecesOf(data as Buffer), written);
      return;
    }
    this.#written = written;
    if (this.#sends(data)) this.#end();
  }

  /** Writes what was gathered while the stream was corked, or could not take more. */
  writeAll(chunks: readonly Chunk[], written: Written): void {
    const { loop, group } = this.#stream;
    const all = chunks.map(({ chunk, encoding }) =>
      typeof chunk === 'string' ? asWritten(chunk, encoding) : chunk,
    );
    let each: readonly (Buffer | string)[];
    try {
      // In a turn the stream gathers them itself; records are not to be joined.
      each = loop.inTurn || group.transfer.keepsRecords ? all : joined(all);
    } catch (error) {
      written(error as Error);
      return;
    }
    this.#begin(
      each.flatMap((data) => (data.length > PIECE_BYTES ? piecesOf(data as Buffer) : [data])),
      written,
    );
  }

  /** All that was written before is sent: goes on. */
  drained(): void {
    while (this.#next < this.#rest.length) {
      const data = this.#rest[this.#next++] as Buffer | string;
      if (!this.#sends(data)) return;
    }
    this.#end();
  }

  /**
   * Whether the next may follow at once. What cannot be written, as its memory was transferred away
   * while it waited, ends the Duplex: thrown, it would reach whoever happens to be under way.
   */
  #sends(data: Buffer | string): boolean {
    try {
      return this.#stream.write(data);
    } catch (error) {
      this.fail(error as Error);
      return false;
    }
  }

  /** Nothing more will be taken. */
  fail(error: Error): void {
    this.#next = this.#rest.length;
    this.#end(error);
  }

  #begin(rest: readonly (Buffer | string)[], written: Written): void {
    this.#rest = rest;
    this.#next = 0;
    this.#written = written;
    // The first piece of none waits already.
    if (rest.length > 0) this.drained();
  }

  #end(error?: Error): void {
    const written = this.#written;
    this.#written = undefined;
    this.#rest = NONE;
    this.#next = 0;
    written?.(error);
  }
}

/** Text that the stream encodes itself, as it gathers it; else its bytes. */
function asWritten(text: string, encoding: BufferEncoding): Buffer | string {
  const isUtf8 = encoding === 'utf8' || encoding === 'utf-8';
  return isUtf8 && text.length <= SHORT_TEXT ? text : Buffer.from(text, encoding);
}

function piecesOf(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    pieces.push(bytes.subarray(at, at + PIECE_BYTES));
  }
  return pieces;
}

/** The same bytes in fewer buffers: small ones are copied behind each other. */
function joined(all: readonly (Buffer | string)[]): Buffer[] {
  const buffers = all.map((data) => (typeof data === 'string' ? Buffer.from(data) : data));
  const result: Buffer[] = [];
  let from = 0;
  let bytes = 0;
  for (let i = 0; i <= buffers.length; i++) {
    const length = buffers[i]?.length ?? Number.POSITIVE_INFINITY;
    if (bytes + length <= TOGETHER_BYTES) {
      bytes += length;
      continue;
    }
    if (i - from === 1) result.push(buffers[from] as Buffer);
    else if (i > from) result.push(Buffer.concat(buffers.slice(from, i), bytes));
    from = i;
    bytes = length;
  }
  return result;
}
