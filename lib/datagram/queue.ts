// Datagrams that the kernel did not take yet, whole and in order. Those for one peer of a
// Unix socket wait for that peer alone: each has a queue of its own in the kernel, and one
// that is full must not keep the others waiting. See EAGAIN in sendto(2), unix(7).
import { Queue } from '../base/queue.js';
import type { DatagramAddress } from './address.js';

/** What each of them takes beside its bytes, so that empty ones are bounded as well. */
const OVERHEAD_BYTES = 128;

/** A datagram that waits: its memory is its own. */
export interface Waiting {
  readonly bytes: Uint8Array;
  readonly to: DatagramAddress | undefined;
  /** What goes with it: words of layout.ts, and descriptors that are duplicates. */
  readonly ancillary: Int32Array | undefined;
}

/** The memory that a datagram of `bytes` takes in a queue. */
export function heldBy(bytes: number): number {
  return bytes + OVERHEAD_BYTES;
}

/** So many peers that are full are tried in one go. */
const MAX_FULL = 256;

export class DatagramQueue {
  /** What waits for each peer, in order; who was tried last stands at the end. */
  readonly #peers = new Map<unknown, Queue<Waiting>>();
  #each: boolean;
  /** How many there are. */
  length = 0;
  /** Bytes of the datagrams. */
  size = 0;
  /** Bytes of memory. */
  held = 0;
  /** How long the kernel is left alone after it took nothing: ms. */
  retryMs = 0;

  /** @param each whether a peer that takes nothing is its own affair */
  constructor(each: boolean) {
    this.#each = each;
  }

  /** Whether one for `to` has to wait behind what is here. */
  blocks(to: DatagramAddress | undefined): boolean {
    return this.length > 0 && this.#peers.has(this.#keyOf(to));
  }

  push(waiting: Waiting): void {
    const key = this.#keyOf(waiting.to);
    let queue = this.#peers.get(key);
    if (queue === undefined) {
      queue = new Queue();
      this.#peers.set(key, queue);
    }
    queue.push(waiting);
    this.length++;
    this.size += waiting.bytes.length;
    this.held += heldBy(waiting.bytes.length);
  }

  /**
   * Tries to send them, those of each peer in order, until `max` are done with.
   *
   * @param send whether it is done with; false: it has to wait, and all for its peer
   * @returns how many are done with
   */
  send(max: number, send: (waiting: Waiting) => boolean): number {
    const before = this.length;
    let full = 0;
    let left = this.#peers.size;
    for (const [key, queue] of this.#peers) {
      let isFull = false;
      for (let next = queue.front; next && !isFull && before - this.length < max; ) {
        if (send(next)) {
          queue.shift();
          this.#done(next);
          next = queue.front;
        } else isFull = true;
      }
      // The others are tried before it is again.
      this.#peers.delete(key);
      if (queue.size > 0) this.#peers.set(key, queue);
      if (isFull) full++;
      if (--left === 0 || full === MAX_FULL || before - this.length >= max) break;
    }
    return before - this.length;
  }

  #done({ bytes }: Waiting): void {
    this.length--;
    this.size -= bytes.length;
    this.held -= heldBy(bytes.length);
  }

  #keyOf(to: DatagramAddress | undefined): unknown {
    if (!this.#each) return undefined;
    // One peer may be several objects.
    return to?.family === 'unix' ? to.path : to;
  }

  /**
   * The socket is connected to another than `remote`, or to nobody: what waits without an address
   * is for `remote` all the same.
   */
  readdress(remote: DatagramAddress | undefined, each: boolean): void {
    const all = this.clear();
    this.#each = each;
    for (const waiting of all) this.push({ ...waiting, to: waiting.to ?? remote });
  }

  /** Takes all of them out: they are not to be sent. */
  clear(): Waiting[] {
    const all: Waiting[] = [];
    for (const queue of this.#peers.values()) {
      for (let next = queue.shift(); next; next = queue.shift()) {
        this.#done(next);
        all.push(next);
      }
    }
    this.#peers.clear();
    return all;
  }
}
