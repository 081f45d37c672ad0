// What a program types into a terminal that is not read: it waits here, behind what the stream
// holds, as node-pty has no way to say that there is no room. See docs/moving.md.
import { Queue } from '../../base/queue.js';
import type { Stream } from '../../stream/stream.js';

/** What the kernel does not take of a piece is copied by the stream: that is to be little. */
const PIECE_BYTES = 65536;

export class Output {
  readonly #stream: Stream;
  readonly #waiting = new Queue<Uint8Array>();
  /** What is left of the one that is being sent. */
  #rest: Uint8Array | undefined;
  #isFull = false;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  /** @param isLent whether the caller may change them later */
  write(bytes: Uint8Array, isLent: boolean): void {
    // While there is room nothing waits.
    const rest = this.#isFull ? bytes : this.#send(bytes);
    if (rest === undefined) return;
    // Not by `slice`, which copies nothing of a Buffer.
    this.#waiting.push(isLent ? Buffer.from(rest) : rest);
  }

  /** The stream has room again. */
  drained(): void {
    this.#isFull = false;
    while (!this.#isFull) {
      const next = this.#rest ?? this.#waiting.shift();
      if (next === undefined) return;
      this.#rest = this.#send(next);
    }
  }

  /** In pieces, as long as there is room. Returns what is left, if anything is. */
  #send(bytes: Uint8Array): Uint8Array | undefined {
    const stream = this.#stream;
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      if (this.#isFull) return bytes.subarray(at);
      // A stream that has closed says false as well, and will not say that there is room.
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      this.#isFull = !stream.write(piece) && stream.writable;
    }
    return undefined;
  }
}
