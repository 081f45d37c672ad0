// Bytes of a terminal as its program wants them: text, whose characters may be cut by the end of
// a chunk, or bytes of their own.
import { StringDecoder } from 'node:string_decoder';

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
