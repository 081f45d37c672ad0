// `for await` over a datagram socket: what came and was not taken yet. Where there is such a
// keeper (the flag KEEPS), datagrams are kept as copies in place of being handed to `message`;
// above `highWaterMark` nothing is received (HELD), and the kernel keeps, or drops, what comes.
// Descriptors are open from the step that hands them on to the next one.
import { abortError } from '../base/abort.js';
import { Arrivals } from '../base/arrivals.js';
import { invalidState } from '../stream/unread.js';
import type { DatagramAddress } from './address.js';
import { type DatagramBase, HELD, KEEPS, updateInterest } from './base.js';
import type { DatagramInfo } from './told.js';

/** What `for await` over a datagram socket takes. */
export interface ReceivedDatagram {
  /** Its bytes, memory of its own. */
  readonly chunk: Uint8Array;
  /** Who sent it. */
  readonly from: DatagramAddress;
  /** What is known of it; `info.fds` may be taken until the next one is asked for. */
  readonly info: DatagramInfo;
}

/** A datagram's own cost, so that somebody who sends empty ones fills no memory by them. */
const DATAGRAM_BYTES = 256;

// A Source; not said so, as the types of the package leave some members out.
class Unread {
  readonly datagrams = new Arrivals<ReceivedDatagram>(this);
  readonly #socket: DatagramBase;
  #heldBytes = 0;
  /** Those whose descriptors may still be taken. */
  #lent: ReceivedDatagram[] = [];
  #isOver = false;
  /** Somebody iterates. */
  isTaken = false;

  constructor(socket: DatagramBase) {
    this.#socket = socket;
  }

  get isFull(): boolean {
    return this.#heldBytes > this.#socket.settings.highWaterMark;
  }

  add(datagram: ReceivedDatagram): void {
    const { chunk, info } = datagram;
    if (this.#isOver) info.fds?.closeRest();
    else if (this.datagrams.push(datagram)) {
      info.fds?.ownedBy(this.#socket.loop);
      this.#heldBytes += chunk.length + DATAGRAM_BYTES;
    } else this.#lend(datagram);
  }

  /** No more comes; with an error at once, in the place of what is kept. */
  end(error: Error | undefined, drops: boolean): void {
    if (this.#isOver) return;
    if (drops) this.#drop();
    this.#isOver = true;
    this.datagrams.end(error);
  }

  taken(datagram: ReceivedDatagram): void {
    this.#closeLent();
    datagram.info.fds?.disownedBy(this.#socket.loop);
    this.#lend(datagram);
    this.#heldBytes -= datagram.chunk.length + DATAGRAM_BYTES;
    if (!this.isFull) readOn(this.#socket);
  }

  asked(): void {
    this.#closeLent();
    readOn(this.#socket);
  }

  ended(): void {
    this.#closeLent();
  }

  left(): void {
    this.#closeLent();
    this.#drop();
    this.#isOver = true;
    this.#socket.close();
  }

  #lend(datagram: ReceivedDatagram): void {
    if (datagram.info.fds !== undefined) this.#lent.push(datagram);
  }

  #closeLent(): void {
    for (const { info } of this.#lent) info.fds?.closeRest();
    this.#lent = [];
  }

  #drop(): void {
    this.#heldBytes = 0;
    for (const { info } of this.datagrams.drop()) {
      info.fds?.disownedBy(this.#socket.loop);
      info.fds?.closeRest();
    }
  }
}

const keepers = new WeakMap<DatagramBase, Unread>();

/** From now on what comes is kept for who will iterate. */
export function keepUnread(socket: DatagramBase): Unread {
  const known = keepers.get(socket);
  if (known !== undefined) return known;
  const made = new Unread(socket);
  keepers.set(socket, made);
  socket.flags |= KEEPS;
  return made;
}

/** Keeps a datagram, whose memory is its own; perhaps no more is to be received for now. */
export function addUnread(socket: DatagramBase, datagram: ReceivedDatagram): void {
  const unread = keepUnread(socket);
  unread.add(datagram);
  if (!unread.isFull) return;
  socket.flags |= HELD;
  updateInterest(socket);
}

/** There is room again for what is kept. */
function readOn(socket: DatagramBase): void {
  if ((socket.flags & HELD) === 0) return;
  socket.flags &= ~HELD;
  updateInterest(socket);
}

/** The socket has closed: what is kept is taken all the same, unless it was called off. */
export function endUnread(socket: DatagramBase): void {
  if ((socket.flags & KEEPS) === 0) return;
  const { signal } = socket.settings;
  const isAborted = signal?.aborted === true;
  keepUnread(socket).end(isAborted ? abortError(signal) : socket.error, isAborted);
}

/**
 * What `for await` takes of `socket`.
 *
 * @throws Error ERR_INVALID_STATE when `message` takes it, or somebody iterates already
 */
export function iterate(socket: DatagramBase): AsyncIterableIterator<ReceivedDatagram> {
  if (socket.handlers.message !== undefined) {
    throw invalidState(`the ${socket.kind} has a message handler, which is given its datagrams`);
  }
  const unread = keepUnread(socket);
  if (unread.isTaken) throw invalidState(`the ${socket.kind} is iterated already`);
  unread.isTaken = true;
  // What closes it tells the end, and may have done so before.
  if (socket.isClosed) endUnread(socket);
  return unread.datagrams;
}
