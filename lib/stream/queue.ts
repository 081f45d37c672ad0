// What a stream could not send yet: blocks of bytes, in order. Small writes share a
// block, so a slow peer costs few system calls; a block is no larger than what waits
// already, so many slow peers with a few bytes each cost little memory.
//
// A block may also be memory of the caller's, who need not be given it back yet. It is only ever
// looked at: nothing is put behind it in the same block, and it is no block for others afterwards.
// He may take it away at any time, when it is detached or made smaller: its view is empty then.

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
  /**
   * Adds `bytes` where they are, in the memory of who wrote them.
   *
   * @param bytes a view of a fixed length: whole or, once its memory was detached or made too
   *   small for it, empty
   */
  keep(bytes: Uint8Array): void;
  /** GONE: what `keep` was given is no more. */
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

/** A piece of memory in the queue. */
interface Block {
  /** The queue's own, or the caller's where it is kept. */
  readonly memory: Uint8Array;
  /** Its size when it came: the caller may take his away. */
  readonly bytes: number;
  readonly isKept: boolean;
  /** Bytes of it that are filled. */
  end: number;
}

/**
 * In the place of bytes that are no more: the caller detached the memory that was kept, or made
 * it smaller. Never sent; the stream is over, as what follows would be taken for them.
 */
export const GONE: Uint8Array = new Uint8Array(0);

export class OutputQueue implements Outgoing {
  readonly #blocks: (Block | undefined)[] = [];
  #head = 0;
  /** Bytes of the first block that are sent already. */
  #offset = 0;
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

  get #last(): Block | undefined {
    return this.#blocks[this.#blocks.length - 1];
  }

  /** Bytes that the last block has room for: none in memory of the caller's. */
  get room(): number {
    const last = this.#last;
    return last === undefined ? 0 : last.bytes - last.end;
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
      const block = this.room > 0 ? (this.#last as Block) : this.#addBlock(rest.length, spare);
      const part = rest.subarray(0, block.bytes - block.end);
      block.memory.set(part, block.end);
      block.end += part.length;
      rest = rest.subarray(part.length);
    }
  }

  keep(bytes: Uint8Array): void {
    this.size += bytes.length;
    this.#add({ memory: bytes, bytes: bytes.length, isKept: true, end: bytes.length });
  }

  #addBlock(needed: number, spare: number): Block {
    // What is kept is not a sign of many small pieces.
    const before = this.#last?.isKept === true ? 0 : this.held;
    const usual = needed > SHARED_BLOCK / 2 ? SHARED_BLOCK : Math.max(before, MIN_BLOCK);
    const shared = Math.min(usual, SHARED_BLOCK, needed + spare);
    const memory = newBlock(Math.min(Math.max(needed, shared), MAX_BLOCK));
    return this.#add({ memory, bytes: memory.length, isKept: false, end: 0 });
  }

  #add(block: Block): Block {
    this.held += block.bytes;
    this.#blocks.push(block);
    return block;
  }

  /** The oldest bytes, as one view; undefined when nothing waits, GONE when they are no more. */
  first(): Uint8Array | undefined {
    const block = this.#blocks[this.#head];
    if (block === undefined) return undefined;
    return block.isKept
      ? keptOf(block, this.#offset)
      : block.memory.subarray(this.#offset, block.end);
  }

  /** Drops the oldest `bytes`, which were sent; at most those of `first()`. */
  shift(bytes: number): void {
    this.size -= bytes;
    this.#offset += bytes;
    const block = this.#blocks[this.#head] as Block;
    if (this.#offset < block.end) return;
    this.held -= block.bytes;
    // Never the caller's memory: others' output would be written into it.
    if (block.bytes === SHARED_BLOCK && !block.isKept) spare = block.memory;
    this.#blocks[this.#head++] = undefined;
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
  }
}

/**
 * What waits of a block of the caller's; GONE, when it is no more. The memory is asked for, and not
 * its length: V8 11.3 (Node 20) goes on telling the old one of a detached view, in code that it has
 * compiled for views of resizable memory as well.
 */
function keptOf({ memory, end }: Block, from: number): Uint8Array {
  try {
    const bytes = memory.subarray(from, end);
    return bytes.length === end - from ? bytes : GONE;
  } catch {
    return GONE;
  }
}

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
