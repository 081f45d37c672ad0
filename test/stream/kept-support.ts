// What the tests of write(bytes, { copy: false }) share: a stream that is written, and one that reads
// late what comes out.
import { expect } from 'vitest';
import type { DescriptorStream } from '../../lib/descriptor/stream.js';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import { pattern } from '../support/bytes.js';

export const KEPT = { copy: false } as const;
/** More than any of them takes at once. */
export const MUCH = 6_000_000;

/** One way each: where it is written, and where it is read. */
export type Ends = [writer: number, reader: number];

type Options = Parameters<EventLoop['stream']>[1];

export class Pair {
  readonly writer: DescriptorStream;
  readonly #reader: DescriptorStream;
  readonly #chunks: Buffer[] = [];
  /** What `close` of the writer was told. */
  readonly codes: unknown[] = [];

  /** Nothing is read until `read`. */
  constructor(loop: EventLoop, [writer, reader]: Ends, options: Options = {}) {
    this.writer = loop.stream(
      writer,
      { highWaterMark: 1000, ...options },
      {
        close: (_, error) => {
          this.codes.push((error as { code?: string } | undefined)?.code);
          this.#reader.resume();
        },
      },
    );
    this.#reader = loop.stream(
      reader,
      {},
      {
        data: (_, chunk) => void this.#chunks.push(Buffer.from(chunk)),
      },
    );
    this.#reader.pause();
  }

  read(): void {
    this.#reader.resume();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

/** Writes until something waits; what was written. */
export function fillUp({ writer }: Pair): Uint8Array {
  const bytes = pattern(MUCH);
  writer.write(bytes);
  expect(writer.bufferedBytes).toBeGreaterThan(100_000);
  return bytes;
}
