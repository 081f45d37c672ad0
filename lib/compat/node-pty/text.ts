// Bytes of a terminal as its program wants them: text, whose characters may be cut by the end of
// a chunk, or bytes of their own. And what a program types, as bytes.
import { StringDecoder } from 'node:string_decoder';
import { isUint8Array } from 'node:util/types';

/** null: no text. @throws TypeError ERR_UNKNOWN_ENCODING */
export function encodingOf(given: string | null | undefined): BufferEncoding | null {
  if (given === undefined) return 'utf8';
  if (given !== null) new StringDecoder(given as BufferEncoding);
  return given as BufferEncoding | null;
}

/** What is typed, and whether that is memory of the program's. @throws TypeError */
export function bytesOf(
  data: string | Uint8Array,
  encoding: BufferEncoding,
): [bytes: Uint8Array, isLent: boolean] {
  if (typeof data === 'string') return [Buffer.from(data, encoding), false];
  return isUint8Array(data) ? [data, true] : [Buffer.from(data), false];
}

/** What is shown. */
export class Text {
  readonly #decoder: StringDecoder | undefined;

  /** @throws TypeError ERR_UNKNOWN_ENCODING */
  constructor(encoding: BufferEncoding | null) {
    this.#decoder = encoding === null ? undefined : new StringDecoder(encoding);
  }

  /** Empty where no character is whole yet. */
  of(chunk: Uint8Array): string | Buffer {
    // The chunk is lent.
    if (this.#decoder === undefined) return Buffer.from(chunk);
    return this.#decoder.write(chunk as Buffer);
  }

  /** What is left of a character that never came whole. */
  end(): string {
    return this.#decoder?.end() ?? '';
  }
}
