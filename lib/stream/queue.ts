// What a stream could not send yet: blocks of bytes, in order. Small writes share a
// block, so a slow peer costs few system calls; a block is no larger than what waits
// already, so many slow peers with a few bytes each cost little memory.

/** A small block; 10,000 peers with a byte each take 5 MiB. */
const MIN_BLOCK = 512;
/** Blocks that are to be shared grow up to this. */
const SHARED_BLOCK = 65536;
/** Larger pieces are split: a block's memory is given back when all of it was sent. */
const MAX_BLOCK = 1 << 20;

/** What waits to be sent, of whatever kind. */
export interface Outgoing {
  /** Bytes that wait. */
  readonly size: number;
  /** Memory that it takes, and what descriptors count for. */
  readonly held: number;
  /** How long the kernel is left alone after it had no memory for a send: ms. */
  retryMs: number;
  /** Bytes that can be added without more memory. */
  readonly room: number;
  /** What counts for the limits of a stream: `size`, and what waits beside the bytes. */
  readonly weight: number;
  /** Those that go with the bytes of `first()`. */
  readonly descriptors: readonly number[] | undefined;
  /** What is pushed next has these with it. Left out where nothing can be passed. */
  attach?(fds: readonly number[]): void;
  push(bytes: Uint8Array, spare?: number): void;
  first(): Uint8Array | undefined;
  /** Drops the oldest `bytes`, which were sent, and the descriptors that went with them. */
  shift(bytes: number): void;
  /**
   * Moves what stands in front and is no bytes: 0, or -errno of the stream's. Left out where all
   * is bytes; see parted-queue.ts.
   */
  move?(): number;
  /** Those that were not sent; they are the caller's, and the queue is of no more use. */
  takeDescriptors(): number[];
}

export class OutputQueue implements Outgoing {
  readonly #blocks: Uint8Array[] = [];
  #head = 0;
  /** Bytes of the first block that are sent already. */
  #offset = 0;
  /** Bytes of the last block that are filled. */
  #tailBytes = 0;
  /** Bytes that wait. */
  size = 0;
  /** Bytes of memory that the blocks take: `size` and what is filled or sent in part. */
  held = 0;
  /** How long the kernel is left alone after it had no memory for a send: ms. */
  retryMs = 0;

  get weight(): number {
    return this.size;
  }

  get descriptors(): readonly number[] | undefined {
    return undefined;
  }

  takeDescriptors(): number[] {
    return [];
  }

  /** Bytes that the last block has room for. */
  get room(): number {
    const tail = this.#blocks[this.#blocks.length - 1];
    return tail === undefined ? 0 : tail.length - this.#tailBytes;
  }

  /**
   * Copies `bytes` behind the others.
   *
   * @param spare how much more memory than needed may be taken
   */
  push(bytes: Uint8Array, spare = Number.POSITIVE_INFINITY): void {
    this.size += bytes.length;
    let rest = bytes;
    while (rest.length > 0) {
      if (this.room === 0) this.#addBlock(rest.length, spare);
      const tail = this.#blocks[this.#blocks.length - 1] as Uint8Array;
      const part = rest.subarray(0, tail.length - this.#tailBytes);
      tail.set(part, this.#tailBytes);
      this.#tailBytes += part.length;
      rest = rest.subarray(part.length);
    }
  }

  #addBlock(needed: number, spare: number): void {
    const usual = needed > SHARED_BLOCK / 2 ? SHARED_BLOCK : Math.max(this.held, MIN_BLOCK);
    const shared = Math.min(usual, SHARED_BLOCK, needed + spare);
    const block = newBlock(Math.min(Math.max(needed, shared), MAX_BLOCK));
    this.held += block.length;
    this.#blocks.push(block);
    this.#tailBytes = 0;
  }

  /** The oldest bytes, as one view; undefined when nothing waits. */
  first(): Uint8Array | undefined {
    const block = this.#blocks[this.#head];
    if (block === undefined) return undefined;
    const isLast = this.#head === this.#blocks.length - 1;
    return block.subarray(this.#offset, isLast ? this.#tailBytes : block.length);
  }

  /** Drops the oldest `bytes`, which were sent; at most those of `first()`. */
  shift(bytes: number): void {
    this.size -= bytes;
    this.#offset += bytes;
    const isLast = this.#head === this.#blocks.length - 1;
    const block = this.#blocks[this.#head] as Uint8Array;
    if (this.#offset < (isLast ? this.#tailBytes : block.length)) return;
    this.held -= block.length;
    if (block.length === SHARED_BLOCK) spare = block;
    this.#blocks[this.#head++] = EMPTY;
    this.#offset = 0;
    if (this.#head < this.#blocks.length) {
      // Keep the list short without moving it for every block.
      if (this.#head < 64) return;
      this.#blocks.splice(0, this.#head);
      this.#head = 0;
      return;
    }
    this.#blocks.length = 0;
    this.#head = 0;
    this.#tailBytes = 0;
  }
}

const EMPTY = new Uint8Array(0);

/**
 * The last block of the usual size that was sent, of whichever stream: output that waits for a slow
 * reader is a block after the other, and new memory costs more than the copy into it.
 */
let spare: Uint8Array | undefined;

function newBlock(bytes: number): Uint8Array {
  if (bytes !== SHARED_BLOCK || spare === undefined) return new Uint8Array(bytes);
  const block = spare;
  spare = undefined;
  return block;
}
