// What a stream has read and `for await` has not taken yet. Where there is such a keeper
// (the flag KEEPS), chunks are kept as copies in place of being handed to `data`; above
// `highWaterMark` the stream reads no more (HELD). It stands beside the stream: few have one.
import { Arrivals } from '../base/arrivals.js';
import { codedError } from '../raw/errors.js';
import type { StreamBase } from './base.js';
import { HELD, KEEPS } from './flags.js';

/** A chunk's own cost, so that a peer who sends single bytes fills no memory by them. */
const CHUNK_BYTES = 256;

// A Source; not said so, as the types of the package leave some members out.
class Unread {
  readonly chunks = new Arrivals<Uint8Array>(this);
  readonly #stream: StreamBase;
  #heldBytes = 0;
  /** Somebody iterates. */
  isTaken = false;

  constructor(stream: StreamBase) {
    this.#stream = stream;
  }

  get isFull(): boolean {
    return this.#heldBytes > this.#stream.group.highWaterMark;
  }

  /** Nobody is to answer what was read any more. */
  get isOver(): boolean {
    return this.chunks.size === 0 && !this.isTaken;
  }

  add(chunk: Uint8Array): void {
    if (this.chunks.push(chunk)) this.#heldBytes += chunk.length + CHUNK_BYTES;
  }

  drop(): void {
    this.chunks.drop();
    this.#heldBytes = 0;
  }

  taken(chunk: Uint8Array): void {
    this.#heldBytes -= chunk.length + CHUNK_BYTES;
    if (!this.isFull) this.#stream.readOn();
  }

  asked(): void {
    this.#stream.readOn();
  }

  ended(): void {
    this.#stream.allWasRead();
  }

  left(): void {
    this.drop();
    this.#stream.destroy();
  }
}

const keepers = new WeakMap<StreamBase, Unread>();

/** From now on what comes is kept for who will iterate. */
export function keepUnread(stream: StreamBase): Unread {
  const known = keepers.get(stream);
  if (known !== undefined) return known;
  const made = new Unread(stream);
  keepers.set(stream, made);
  stream.flags |= KEEPS;
  return made;
}

/** Keeps a copy of `chunk`; whether no more is to be read for now. */
export function addUnread(stream: StreamBase, chunk: Uint8Array): boolean {
  const unread = keepUnread(stream);
  unread.add(chunk.slice());
  return unread.isFull;
}

/** Nothing more comes. */
export function endUnread(stream: StreamBase, error?: Error): void {
  if ((stream.flags & KEEPS) !== 0) keepUnread(stream).chunks.end(error);
}

/** What is kept is not to be told. */
export function dropUnread(stream: StreamBase): void {
  if ((stream.flags & KEEPS) !== 0) keepUnread(stream).drop();
}

/**
 * What is kept, for another to have; nothing is kept from now on.
 *
 * @throws Error ERR_INVALID_STATE when somebody iterates
 */
export function takeUnread(stream: StreamBase): Uint8Array[] {
  const unread = keepUnread(stream);
  if (unread.isTaken) throw invalidState(`the ${stream.kind} is iterated already`);
  keepers.delete(stream);
  return unread.chunks.drop();
}

/** Whether somebody iterates it now. */
export function isIterated(stream: StreamBase): boolean {
  return (stream.flags & KEEPS) !== 0 && keepUnread(stream).isTaken;
}

/** Whether somebody may still want to answer what was read. */
export function isUnread(stream: StreamBase): boolean {
  return (stream.flags & KEEPS) !== 0 && !keepUnread(stream).isOver;
}

/**
 * What `for await` takes of `stream`.
 *
 * @throws Error ERR_INVALID_STATE when `data` takes it, or somebody iterates already
 */
export function iterate(stream: StreamBase, isOver: boolean): AsyncIterableIterator<Uint8Array> {
  if (stream.group.handlers.data !== undefined) {
    throw invalidState(`the ${stream.kind} has a data handler, which is given its bytes`);
  }
  const unread = keepUnread(stream);
  if (unread.isTaken) throw invalidState(`the ${stream.kind} is iterated already`);
  unread.isTaken = true;
  if (isOver) unread.chunks.end(stream.error);
  else if ((stream.flags & HELD) !== 0 && !unread.isFull) stream.readOn();
  return unread.chunks;
}

export function invalidState(message: string): Error {
  return codedError(Error, 'ERR_INVALID_STATE', message);
}
