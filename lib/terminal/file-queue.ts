// What waits for one file, in the order in which it was written: stdout, or stderr, or both, where
// one file is both (`>log 2>&1`). A thread of the pool writes it, so that a slow disk holds up nothing
// else: one write at a time, each behind the other, to where the file stands, which others move as
// well. What cannot wait for a thread, as the process exits or as the pool takes nothing, is written
// by the thread of the loop. See write(2).
import { Queue } from '../base/queue.js';
import { native } from '../binding/index.js';
import type { BegunWrite, FileWriter } from '../pool/fs/writer.js';
import { constant } from '../raw/constants.js';
import type { Outgoing } from '../stream/queue.js';
import { isOutOfMemory, nextRetryMs } from '../stream/sending.js';
import type { Stream } from '../stream/stream.js';

const EAGAIN = -constant('EAGAIN');
/** More does not wait: who does not heed `write`'s false waits for the file himself. */
export const MOST_BYTES = 2 ** 20;
const NOTHING = new Int32Array(0);

/** A stream whose bytes wait here. */
interface Queued extends Stream {
  /** So many of the oldest are with the kernel. */
  wrote(bytes: number): void;
}

/** Bytes of one stream that were written behind each other. */
interface Part {
  readonly stream: Queued;
  bytes: number;
}

/** Their loops are not forgotten as long as there is something to be written. */
const unwritten = new Set<FileQueue>();

export class FileQueue {
  readonly #writer: FileWriter;
  readonly #parts = new Queue<Part>();
  #last: Part | undefined;
  /** Under way on a thread; its bytes are those of the front. */
  #write: BegunWrite | undefined;
  /** After a refusal of the kernel's that passes; 0: none. */
  #restMs = 0;
  #isResting = false;
  #isDirect = false;

  constructor(writer: FileWriter) {
    this.#writer = writer;
  }

  /** `stream` has queued so many bytes more. */
  add(stream: Queued, bytes: number): void {
    unwritten.add(this);
    if (this.#last?.stream === stream) this.#last.bytes += bytes;
    else {
      this.#last = { stream, bytes };
      this.#parts.push(this.#last);
    }
    if (stream.bufferedBytes > MOST_BYTES) this.settle();
    else this.#go();
  }

  /** When it returns all that waits is written, or cannot be. */
  settle(): void {
    const wasDirect = this.#isDirect;
    // First: what was under way begins no other when it is done.
    this.#isDirect = true;
    const write = this.#write;
    if (write !== undefined) {
      this.#writer.end(write, () => this.#write === undefined);
      this.#write = undefined;
    }
    do {
      if (this.#isResting) native.poll(NOTHING, 0, this.#restMs);
      this.#isResting = false;
      this.#go();
    } while (this.#isResting);
    this.#isDirect = wasDirect;
  }

  /** As the process exits: from here on `add` returns when it is written. */
  settleForGood(): void {
    this.#isDirect = true;
    this.settle();
  }

  /** Writes what is next, until a thread has it or nothing waits. */
  #go(): void {
    while (this.#write === undefined && !this.#isResting) {
      const part = this.#front();
      if (part === undefined) return;
      const { stream, bytes } = part;
      const piece = ((stream.queue as Outgoing).first() as Uint8Array).subarray(0, bytes);
      if (!this.#begin(part, piece)) this.#wrote(part, native.writeFileNow(stream.handleFd, piece));
    }
  }

  /** The next of a stream that is there; those of others are dropped. */
  #front(): Part | undefined {
    for (let part = this.#parts.front; part !== undefined; part = this.#parts.front) {
      if (part.bytes > 0 && part.stream.active) return part;
      this.#parts.shift();
      if (part === this.#last) this.#last = undefined;
    }
    unwritten.delete(this);
    return undefined;
  }

  /** Whether a thread has it. */
  #begin(part: Part, piece: Uint8Array): boolean {
    if (this.#isDirect) return false;
    const done = (result: number) => {
      this.#write = undefined;
      this.#wrote(part, result);
      this.#go();
    };
    const refused = (error: Error) => {
      this.#write = undefined;
      if ((error as { code?: string }).code === 'ERR_POOL_CLOSED') this.#isDirect = true;
      // A thread may have written it, and nobody hears of that.
      else part.stream.destroy(error);
      this.#go();
    };
    try {
      this.#write = this.#writer.begin(part.stream.handleFd, piece, done, refused);
      return true;
    } catch {
      // The pool is closed or full, or has no thread.
      return false;
    }
  }

  /** @param result how many bytes of the part, or -errno */
  #wrote(part: Part, result: number): void {
    const { stream } = part;
    if (!stream.active) return;
    if (result >= 0) {
      this.#restMs = 0;
      part.bytes -= result;
      stream.wrote(result);
    } else if (result === EAGAIN || isOutOfMemory(result)) {
      this.#restMs = nextRetryMs(this.#restMs);
      this.#isResting = true;
      if (!this.#isDirect) stream.loop.setTimeout(() => this.#wake(), this.#restMs).unref();
    } else stream.fail(result, 'write');
  }

  #wake(): void {
    this.#isResting = false;
    this.#go();
  }
}
