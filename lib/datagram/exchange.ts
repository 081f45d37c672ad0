// The datagrams of a loop, a batch at a time: where the crossing puts what came, and takes
// what callbacks have sent. A loop has one, made with its first datagram socket. No object is
// made for a datagram. See native/datagram/receive.cc, native/datagram/send.cc.
import type { DatagramPart, HandleLoop, Slots, StreamBytes } from '../loop/contract.js';
import {
  KEEP_ARRIVALS,
  KEEP_DATAGRAM_OUT,
  KEEP_DEPARTURES,
  LAST_RECORD,
  SLOT_WORDS,
  sharedWords,
} from '../loop/layout.js';
import { type DatagramAddress, KnownTargets } from './address.js';
import {
  ARRIVAL_WORDS,
  DEPARTURE_EARLIER,
  DEPARTURE_FD,
  DEPARTURE_GENERATION,
  DEPARTURE_LENGTH,
  DEPARTURE_NEXT,
  DEPARTURE_OFFSET,
  DEPARTURE_PEER,
  DEPARTURE_RESULT,
  DEPARTURE_SLOT,
  DEPARTURE_WORDS,
  NOT_SENT,
} from './layout.js';
import { PeerTable } from './peers.js';

const MAX_ARRIVALS = 512;
const MAX_DEPARTURES = 2048;
const OUT_BYTES = 262144;
/** Longer ones are sent at once: a copy would cost more than a call. */
export const GATHER_BYTES = 16384;

/** A socket, as it is told of what it could not send. */
export interface Sender {
  /**
   * @param result bytes sent, -errno or NOT_SENT
   * @param earlier the errno of an earlier datagram that was told here, 0: none
   * @param bytes of the datagram: a view, valid during the call
   */
  onRefused(
    result: number,
    earlier: number,
    to: DatagramAddress | undefined,
    bytes: Uint8Array,
  ): void;
}

export class Exchange implements DatagramPart {
  readonly #table: Slots;
  readonly #streams: StreamBytes;
  readonly #senderOf: (handle: unknown) => Sender | undefined;
  /** ARRIVAL_WORDS for each datagram of the batch under way. */
  readonly arrivals: Int32Array<SharedArrayBuffer>;
  readonly peers: PeerTable;
  readonly targets = new KnownTargets();
  #departures: Int32Array | undefined;
  #out: Buffer = Buffer.alloc(0);
  /** How many are to be sent. */
  gathered = 0;
  #used = 0;

  /** @param senderOf the datagram socket that a handle is */
  constructor(loop: HandleLoop, senderOf: (handle: unknown) => Sender | undefined) {
    const { streams } = loop;
    this.#table = loop.table;
    this.#streams = streams;
    this.#senderOf = senderOf;
    this.arrivals = sharedWords(MAX_ARRIVALS * ARRIVAL_WORDS);
    streams.keep(KEEP_ARRIVALS, this.arrivals);
    this.peers = new PeerTable((kind, words) => streams.keep(kind, words));
  }

  /** Whether one of `bytes` more can be gathered before a flush. */
  hasRoom(bytes: number): boolean {
    return this.#used + bytes <= OUT_BYTES && this.gathered < MAX_DEPARTURES;
  }

  /** Whether this slot has gathered something that is not sent yet. */
  isPending(slot: number): boolean {
    return this.#table.words[slot * SLOT_WORDS + LAST_RECORD] !== 0;
  }

  /** Copies a datagram of `length` bytes, all there are; there must be room. */
  gather(slot: number, fd: number, peer: number, bytes: Uint8Array, length: number): void {
    if (this.#departures === undefined) this.#allocate();
    this.#out.set(bytes, this.#used);
    this.#append(slot, fd, peer, length);
  }

  /** As `gather`, for text of at most `maxBytes` in UTF-8; returns the bytes. */
  gatherText(slot: number, fd: number, peer: number, text: string, maxBytes: number): number {
    if (this.#departures === undefined) this.#allocate();
    const length = this.#out.write(text, this.#used, maxBytes, 'utf8');
    this.#append(slot, fd, peer, length);
    return length;
  }

  #allocate(): void {
    this.#departures = sharedWords(MAX_DEPARTURES * DEPARTURE_WORDS);
    this.#out = Buffer.from(new SharedArrayBuffer(OUT_BYTES));
    this.#streams.keep(KEEP_DEPARTURES, this.#departures);
    this.#streams.keep(KEEP_DATAGRAM_OUT, this.#out);
  }

  #append(slot: number, fd: number, peer: number, length: number): void {
    const departures = this.#departures as Int32Array;
    const { words } = this.#table;
    const mark = slot * SLOT_WORDS + LAST_RECORD;
    const last = (words[mark] as number) - 1;
    const index = this.gathered++;
    const at = index * DEPARTURE_WORDS;
    departures[at + DEPARTURE_FD] = last < 0 ? fd : -1;
    departures[at + DEPARTURE_SLOT] = slot;
    departures[at + DEPARTURE_GENERATION] = this.#table.generation(slot);
    departures[at + DEPARTURE_NEXT] = 0;
    departures[at + DEPARTURE_PEER] = peer;
    departures[at + DEPARTURE_OFFSET] = this.#used;
    departures[at + DEPARTURE_LENGTH] = length;
    departures[at + DEPARTURE_RESULT] = NOT_SENT;
    departures[at + DEPARTURE_EARLIER] = 0;
    if (last >= 0) departures[last * DEPARTURE_WORDS + DEPARTURE_NEXT] = index;
    words[mark] = index + 1;
    this.#used += length;
  }

  sent(refused: number): void {
    const count = this.gathered;
    this.gathered = 0;
    this.#used = 0;
    if (refused > 0) this.#tellRefused(count);
    this.peers.unpinAll();
  }

  /** In their order, so that those of one socket stay in theirs. */
  #tellRefused(count: number): void {
    const departures = this.#departures as Int32Array;
    for (let at = 0; at < count * DEPARTURE_WORDS; at += DEPARTURE_WORDS) {
      const result = departures[at + DEPARTURE_RESULT] as number;
      const earlier = departures[at + DEPARTURE_EARLIER] as number;
      if (result >= 0 && earlier === 0) continue;
      const slot = departures[at + DEPARTURE_SLOT] as number;
      const generation = departures[at + DEPARTURE_GENERATION] as number;
      const sender = this.#senderOf(this.#table.find(slot, generation));
      if (sender === undefined) continue;
      const offset = departures[at + DEPARTURE_OFFSET] as number;
      const end = offset + (departures[at + DEPARTURE_LENGTH] as number);
      const to = this.peers.at(departures[at + DEPARTURE_PEER] as number);
      sender.onRefused(result, earlier, to, this.#out.subarray(offset, end));
    }
  }
}
