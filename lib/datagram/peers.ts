// The addresses that a loop's datagrams come from and go to: a table of sockaddrs that
// native code reads as well, and the object of each. A datagram of a known peer makes no
// object, and an answer to it names its place in the table.
//
// Anybody may send from as many addresses as he likes, and invent them: the table is
// bounded, and who was not heard of for longest, roughly, gives his place up (second
// chance). What is gathered, and yet to be sent to a place, keeps it.
import { native } from '../binding/index.js';
import { KEEP_PEERS, sharedWords } from '../loop/layout.js';
import { check } from '../raw/errors.js';
import {
  type DatagramAddress,
  detailsOf,
  fromAddress,
  indexIn,
  place,
  toAddress,
} from './address.js';
import { PEER_NAME, PEER_SIZE, PEER_WORDS } from './layout.js';

const FIRST_PEERS = 16;
const MAX_PEERS = 4096;
const NONE = -1;
const STAMP_MASK = 0x3fffffff;
/** Unknown to whoever invents addresses, so that he cannot have them share a bucket. */
const SEED = (Math.random() * 2 ** 32) | 0;

/** Of all tables of a thread: a place in one is none in another. */
let lastStamp = 0;

export class PeerTable {
  readonly #keep: (kind: number, words: Int32Array) => void;
  /** PEER_WORDS by place; at the end one more, to encode into. */
  words: Int32Array = new Int32Array(0);
  readonly #objects: (DatagramAddress | undefined)[] = [];
  #stamps = new Int32Array(0);
  #heads = new Int32Array(0);
  #next = new Int32Array(0);
  /** By place, whether it was heard of since the hand went by. */
  #heard = new Uint8Array(0);
  /** By place, in which batch it was last sent to. */
  #pinned = new Int32Array(0);
  #batch = 1;
  #size = 0;
  #capacity = 0;
  #hand = 0;

  /** @param keep native code is to know these words */
  constructor(keep: (kind: number, words: Int32Array) => void) {
    this.#keep = keep;
    this.#grow(FIRST_PEERS);
  }

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** The object of the address at `at` of `source`, a known one if there is. */
  objectOf(source: Int32Array, at: number): DatagramAddress {
    const index = this.#search(source, at);
    if (index !== NONE) {
      this.#heard[index] = 1;
      return this.#objects[index] as DatagramAddress;
    }
    const address = native.readPeer(source.subarray(at, at + PEER_WORDS), 0);
    const object = fromAddress(address as NonNullable<typeof address>);
    this.#insert(source, at, object);
    return object;
  }

  /** The object at a place. */
  at(index: number): DatagramAddress | undefined {
    return index < 0 ? undefined : this.#objects[index];
  }

  /**
   * The place of a peer, which it keeps until the batch is sent. -1: all places are taken
   * by what is to be sent.
   *
   * @throws SystemError EINVAL, ENAMETOOLONG for what is no address
   */
  pin(peer: DatagramAddress): number {
    const index = this.find(peer);
    if (index !== NONE) this.#pinned[index] = this.#batch;
    return index;
  }

  /** As `pin`, but it keeps the place only until the next one is given. */
  find(peer: DatagramAddress): number {
    const known = indexIn(this.#stamps, peer);
    return known === NONE ? this.#enter(peer) : known;
  }

  /** What was gathered is sent. */
  unpinAll(): void {
    this.#batch = (this.#batch + 1) & STAMP_MASK;
  }

  #enter(peer: DatagramAddress): number {
    const { words } = this;
    const scratch = this.#capacity;
    check(native.writePeer(words, scratch, toAddress(peer)), 'sendto', detailsOf(peer));
    const found = this.#search(words, scratch * PEER_WORDS);
    if (found === NONE) return this.#insert(words, scratch * PEER_WORDS, peer);
    // The same address by another object, which is known here from now on as well.
    place(peer, found, this.#stamps[found] as number);
    return found;
  }

  #search(source: Int32Array, at: number): number {
    const { words } = this;
    const next = this.#next;
    let index = this.#heads[this.#bucket(source, at)] as number;
    for (; index !== NONE; index = next[index] as number) {
      if (isSame(source, at, words, index * PEER_WORDS)) return index;
    }
    return NONE;
  }

  #bucket(source: Int32Array, at: number): number {
    return hashOf(source, at) & (this.#heads.length - 1);
  }

  #insert(source: Int32Array, at: number, peer: DatagramAddress): number {
    // `source` may be these words, which growing replaces.
    const entry = source.slice(at, at + PEER_WORDS);
    if (this.#size === this.#capacity && this.#capacity < MAX_PEERS) this.#grow(this.#capacity * 4);
    const index = this.#size < this.#capacity ? this.#size++ : this.#evict();
    if (index === NONE) return NONE;
    this.words.set(entry, index * PEER_WORDS);
    const bucket = this.#bucket(entry, 0);
    this.#next[index] = this.#heads[bucket] as number;
    this.#heads[bucket] = index;
    lastStamp = (lastStamp + 1) & STAMP_MASK;
    this.#stamps[index] = lastStamp;
    this.#objects[index] = peer;
    this.#heard[index] = 0;
    this.#pinned[index] = 0;
    place(peer, index, lastStamp);
    return index;
  }

  /** Frees a place: of one that was neither heard of nor sent to for a round, if there is. */
  #evict(): number {
    for (let i = 0; i < 2 * this.#capacity; i++) {
      const index = this.#hand;
      this.#hand = (index + 1) % this.#capacity;
      if (this.#pinned[index] === this.#batch) continue;
      if (this.#heard[index] !== 0) this.#heard[index] = 0;
      else {
        this.#unlink(index);
        return index;
      }
    }
    return NONE;
  }

  #unlink(index: number): void {
    const next = this.#next;
    const bucket = this.#bucket(this.words, index * PEER_WORDS);
    const after = next[index] as number;
    let at = this.#heads[bucket] as number;
    if (at === index) {
      this.#heads[bucket] = after;
      return;
    }
    while (next[at] !== index) at = next[at] as number;
    next[at] = after;
  }

  #grow(capacity: number): void {
    const before = this.#size;
    const words = sharedWords((capacity + 1) * PEER_WORDS);
    words.set(this.words.subarray(0, before * PEER_WORDS));
    this.words = words;
    this.#stamps = grown(this.#stamps, capacity);
    this.#pinned = grown(this.#pinned, capacity);
    const heard = new Uint8Array(capacity);
    heard.set(this.#heard);
    this.#heard = heard;
    this.#capacity = capacity;
    this.#next = new Int32Array(capacity);
    this.#heads = new Int32Array(capacity * 2).fill(NONE);
    for (let i = 0; i < before; i++) {
      const bucket = this.#bucket(words, i * PEER_WORDS);
      this.#next[i] = this.#heads[bucket] as number;
      this.#heads[bucket] = i;
    }
    this.#keep(KEEP_PEERS, words);
  }
}

function grown(old: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const array = new Int32Array(length);
  array.set(old);
  return array;
}

/** The last word of `size` bytes, without what lies behind them. Little-endian, as all hosts. */
function lastWord(word: number, size: number): number {
  const rest = size & 3;
  return rest === 0 ? word : word & ((1 << (rest * 8)) - 1);
}

function hashOf(source: Int32Array, at: number): number {
  const size = source[at + PEER_SIZE] as number;
  const last = at + PEER_NAME + ((size + 3) >> 2) - 1;
  let hash = size ^ SEED;
  for (let i = at + PEER_NAME; i < last; i++) {
    hash = Math.imul(hash ^ (source[i] as number), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  if (size > 0) hash = Math.imul(hash ^ lastWord(source[last] as number, size), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

function isSame(a: Int32Array, atA: number, b: Int32Array, atB: number): boolean {
  const size = a[atA + PEER_SIZE] as number;
  if (size !== b[atB + PEER_SIZE]) return false;
  const whole = size >> 2;
  for (let i = PEER_NAME; i < PEER_NAME + whole; i++) {
    if (a[atA + i] !== b[atB + i]) return false;
  }
  const i = PEER_NAME + whole;
  if ((size & 3) === 0) return true;
  return lastWord(a[atA + i] as number, size) === lastWord(b[atB + i] as number, size);
}
