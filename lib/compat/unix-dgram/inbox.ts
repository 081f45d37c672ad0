// Where a batch of datagrams is received, and what each of them is: one for all sockets of a
// thread. Their bytes are copied out at once, so that a listener may do what it likes, also
// run the host's loop, which receives into it again. See recvmmsg(2).
import { native } from '../../binding/index.js';
import {
  ARRIVAL_ERROR,
  ARRIVAL_FLAGS,
  ARRIVAL_FROM,
  ARRIVAL_LENGTH,
  ARRIVAL_OFFSET,
  ARRIVAL_WORDS,
  Flag,
  PEER_SIZE,
} from '../../datagram/layout.js';
import { PeerTable } from '../../datagram/peers.js';
import { sharedWords } from '../../loop/layout.js';

const AT_ONCE = 32;
/** The longest datagram, and what native code leaves between two. */
const STRIDE_BYTES = 65536 + 64;
/** A message is not to keep more than this of others alive. */
const SHARED_BYTES = 4096;

/** What came: a message, or the errno of a receive that failed. */
export type Arrived =
  | { readonly message: Buffer; readonly path: string | null }
  | { readonly errno: number };

class Inbox {
  // The pages of what never comes are never touched.
  readonly #slab = new Uint8Array(AT_ONCE * STRIDE_BYTES);
  readonly #arrivals = sharedWords(AT_ONCE * ARRIVAL_WORDS);
  readonly #peers = new PeerTable(() => {});

  /** @param pace a word of the socket's own */
  receive(fd: number, pace: Int32Array): Arrived[] {
    const arrivals = this.#arrivals;
    const count = native.receiveDatagrams(fd, pace, this.#slab, arrivals);
    const end = count * ARRIVAL_WORDS;
    // Several short ones are one copy, and a view of it each.
    const last = end - ARRIVAL_WORDS;
    const bytes =
      count > 1
        ? (arrivals[last + ARRIVAL_OFFSET] as number) + (arrivals[last + ARRIVAL_LENGTH] as number)
        : 0;
    const copy = bytes > 0 && bytes <= SHARED_BYTES ? this.#copy(0, bytes) : undefined;
    const arrived: Arrived[] = [];
    for (let at = 0; at < end; at += ARRIVAL_WORDS) arrived.push(this.#read(at, copy));
    return arrived;
  }

  #read(at: number, copy: Buffer | undefined): Arrived {
    const arrivals = this.#arrivals;
    if (((arrivals[at + ARRIVAL_FLAGS] as number) & Flag.IS_ERROR) !== 0) {
      return { errno: -(arrivals[at + ARRIVAL_ERROR] as number) };
    }
    const begin = arrivals[at + ARRIVAL_OFFSET] as number;
    const end = begin + (arrivals[at + ARRIVAL_LENGTH] as number);
    const message = copy === undefined ? this.#copy(begin, end) : copy.subarray(begin, end);
    return { message, path: this.#pathAt(at + ARRIVAL_FROM) };
  }

  #copy(begin: number, end: number): Buffer {
    const copy = Buffer.allocUnsafe(end - begin);
    copy.set(this.#slab.subarray(begin, end));
    return copy;
  }

  /** Where the sender is bound to; null: to nothing, or to an abstract name. */
  #pathAt(at: number): string | null {
    if (this.#arrivals[at + PEER_SIZE] === 0) return null;
    const from = this.#peers.objectOf(this.#arrivals, at);
    return from.family === 'unix' && from.path !== '' && from.path[0] !== '\0' ? from.path : null;
  }
}

let shared: Inbox | undefined;

/** What waits at `fd`, up to 32 datagrams. */
export function receive(fd: number, pace: Int32Array): Arrived[] {
  shared ??= new Inbox();
  return shared.receive(fd, pace);
}
