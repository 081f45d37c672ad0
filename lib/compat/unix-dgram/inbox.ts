// Where a batch of datagrams is received, and what each of them is: one for all sockets of a
// thread. Their bytes are copied out at once, so that a listener may do what it likes, also
// run the host's loop, which receives into it again. See recvmmsg(2).
import { native } from '../../binding/index.js';
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

/** Where native code puts what, in words. From there: this loads nothing of the loop's datagrams. */
type Places = Readonly<Record<string, number>>;

function placesOf(known: Places) {
  const at = (name: string) => known[name] as number;
  return {
    words: at('ARRIVAL_WORDS'),
    offset: at('ARRIVAL_OFFSET'),
    length: at('ARRIVAL_LENGTH'),
    flags: at('ARRIVAL_FLAGS'),
    isError: at('Flag.IS_ERROR'),
    error: at('ARRIVAL_ERROR'),
    from: at('ARRIVAL_FROM'),
    peerSize: at('PEER_SIZE'),
    peerWords: at('PEER_WORDS'),
  };
}

class Inbox {
  readonly #at = placesOf(native.datagramLayout());
  // The pages of what never comes are never touched.
  readonly #slab = new Uint8Array(AT_ONCE * STRIDE_BYTES);
  readonly #arrivals = sharedWords(AT_ONCE * this.#at.words);
  /** The address that was read last, and its path. */
  readonly #lastFrom = new Int32Array(this.#at.peerWords);
  #lastPath: string | null = null;

  /** @param pace a word of the socket's own */
  receive(fd: number, pace: Int32Array): Arrived[] {
    const arrivals = this.#arrivals;
    const count = native.receiveDatagrams(fd, pace, this.#slab, arrivals);
    const { words, offset, length } = this.#at;
    const end = count * words;
    // Several short ones are one copy, and a view of it each.
    const last = end - words;
    const bytes =
      count > 1 ? (arrivals[last + offset] as number) + (arrivals[last + length] as number) : 0;
    const copy = bytes > 0 && bytes <= SHARED_BYTES ? this.#copy(0, bytes) : undefined;
    const arrived: Arrived[] = [];
    for (let at = 0; at < end; at += words) arrived.push(this.#read(at, copy));
    return arrived;
  }

  #read(at: number, copy: Buffer | undefined): Arrived {
    const arrivals = this.#arrivals;
    const { offset, length, flags, isError, error, from } = this.#at;
    if (((arrivals[at + flags] as number) & isError) !== 0) {
      return { errno: -(arrivals[at + error] as number) };
    }
    const begin = arrivals[at + offset] as number;
    const end = begin + (arrivals[at + length] as number);
    const message = copy === undefined ? this.#copy(begin, end) : copy.subarray(begin, end);
    return { message, path: this.#pathAt(at + from) };
  }

  #copy(begin: number, end: number): Buffer {
    const copy = Buffer.allocUnsafe(end - begin);
    copy.set(this.#slab.subarray(begin, end));
    return copy;
  }

  /** Where the sender is bound to; null: to nothing, or to an abstract name. */
  #pathAt(at: number): string | null {
    const size = this.#arrivals[at + this.#at.peerSize] as number;
    if (size === 0) return null;
    if (!this.#isLast(at, 1 + Math.ceil(size / 4))) {
      this.#lastFrom.set(this.#arrivals.subarray(at, at + this.#at.peerWords));
      const from = native.readPeer(this.#lastFrom, 0);
      const path = from !== undefined && 'path' in from ? from.path : '';
      this.#lastPath = path === '' || path.startsWith('\0') ? null : path;
    }
    return this.#lastPath;
  }

  /** Whether its first `words` are those of the address that was read last. */
  #isLast(at: number, words: number): boolean {
    for (let i = 0; i < words; i++) {
      if (this.#arrivals[at + i] !== this.#lastFrom[i]) return false;
    }
    return true;
  }
}

let shared: Inbox | undefined;

/** What waits at `fd`, up to 32 datagrams. */
export function receive(fd: number, pace: Int32Array): Arrived[] {
  shared ??= new Inbox();
  return shared.receive(fd, pace);
}
