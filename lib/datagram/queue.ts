// Datagrams that the kernel did not take yet, whole and in order. Those for one peer of a
// Unix socket wait for that peer alone: each has a queue of its own in the kernel, and one
// that is full must not keep the others waiting. See EAGAIN in sendto(2), unix(7).
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

/** One peer may be several objects. */
function keyOf(to: DatagramAddress | undefined): unknown {
  return to?.family === 'unix' ? to.path : to;
}

export class DatagramQueue {
  #waiting: Waiting[] = [];
  readonly #each: boolean;
  readonly #perPeer = new Map<unknown, number>();
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

  get length(): number {
    return this.#waiting.length;
  }

  /** Whether one for `to` has to wait behind what is here. */
  blocks(to: DatagramAddress | undefined): boolean {
    return this.#each ? this.#perPeer.has(keyOf(to)) : this.#waiting.length > 0;
  }

  push(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.size += waiting.bytes.length;
    this.held += heldBy(waiting.bytes.length);
    const key = keyOf(waiting.to);
    this.#perPeer.set(key, (this.#perPeer.get(key) ?? 0) + 1);
  }

  /**
   * Tries to send them, in order, `max` attempts at most.
   *
   * @param send whether it is done with; false: it has to wait
   * @returns how many are done with
   */
  send(max: number, send: (waiting: Waiting) => boolean): number {
    const full = new Set<unknown>();
    const rest: Waiting[] = [];
    const all = this.#waiting;
    let attempts = 0;
    let at = 0;
    for (; at < all.length && attempts < max; at++) {
      const waiting = all[at] as Waiting;
      if (full.has(keyOf(waiting.to))) {
        rest.push(waiting);
        continue;
      }
      attempts++;
      if (send(waiting)) {
        this.#done(waiting);
        continue;
      }
      if (!this.#each) break;
      full.add(keyOf(waiting.to));
      rest.push(waiting);
    }
    const done = at - rest.length;
    if (done > 0) this.#waiting = rest.concat(all.slice(at));
    return done;
  }

  #done({ bytes, to }: Waiting): void {
    this.size -= bytes.length;
    this.held -= heldBy(bytes.length);
    const key = keyOf(to);
    const left = (this.#perPeer.get(key) as number) - 1;
    if (left === 0) this.#perPeer.delete(key);
    else this.#perPeer.set(key, left);
  }

  /** Takes all of them out: they are not to be sent. */
  clear(): Waiting[] {
    const all = this.#waiting;
    this.#waiting = [];
    this.#perPeer.clear();
    this.size = 0;
    this.held = 0;
    return all;
  }
}
