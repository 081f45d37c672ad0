// The bytes of all streams of a loop, a batch at a time: one native call reads
// every ready stream into one slab, one sends what their handlers wrote. No
// object is made for a message: a chunk's view is kept and used again as long as
// chunks of that length come to that place. See native/stream/batch.cc.
import { native } from '../binding/index.js';
import type { ReadyList } from '../poller/ready-list.js';
import { type HandleTable, LAST_RECORD, PENDING_BYTES, SLOT_WORDS } from './table.js';

const ALIGN_BITS = 6;
/** `result` of a record that is no stream's. */
export const NOT_READ = -(2 ** 31);

/** Words of a send record; the native side's SendRecord. */
const RECORD_WORDS = 8;
const FD = 0;
const OFFSET = 1;
const LENGTH = 2;
const NEXT = 3;
const RESULT = 4;
const SLOT = 5;
const RECORD_GENERATION = 6;
const TOTAL = 7;

const MAX_RECORDS = 4096;
/** Larger writes go straight to the socket: a copy would cost more than a call. */
export const GATHER_BYTES = 4096;
const OUT_BYTES = 262144;

/** Told of each stream whose output could not be sent whole. */
export interface SendSink {
  /**
   * @param sent bytes that were sent, or -errno
   * @param rest what was not sent, in order: views, valid during the call
   */
  onUnsent(slot: number, generation: number, sent: number, rest: Uint8Array[]): void;
}

export class StreamBatch {
  readonly #table: HandleTable;
  readonly #slabBytes: number;
  readonly #results: Int32Array;
  readonly #resultsBuffer: ArrayBuffer;
  /** Whether the last fill read anything at all. */
  #filled = false;
  #slab: ArrayBuffer | undefined;
  #leavesSlab = false;
  #views: (Uint8Array | undefined)[] = [];

  #records: Int32Array | undefined;
  #out: Buffer = Buffer.alloc(0);
  #count = 0;
  #used = 0;
  /** How many active streams read; with none there is nothing to fill. */
  readers = 0;
  /** The handler that was called last: what the callback is called in metrics. */
  handler = 'open';

  /** @param slabBytes at least 65,536; how much one batch may read */
  constructor(table: HandleTable, slabBytes: number, capacity: number) {
    this.#table = table;
    this.#slabBytes = slabBytes;
    this.#results = new Int32Array(capacity * 2);
    this.#resultsBuffer = this.#results.buffer as ArrayBuffer;
  }

  /** Reads streams of the records [from, count); returns where it stopped. */
  fill(ready: ReadyList, from: number, count: number): number {
    this.#filled = this.readers > 0;
    if (!this.#filled) return count;
    let slab = this.#slab;
    // A handler may have detached the memory of its chunk; then there is new.
    if (slab === undefined || slab.byteLength === 0 || this.#leavesSlab) {
      this.#leavesSlab = false;
      slab = new ArrayBuffer(this.#slabBytes);
      this.#slab = slab;
      this.#views = new Array<undefined>(this.#slabBytes >> ALIGN_BITS).fill(undefined);
    }
    const { buffer } = this.#table;
    return native.recvBatch(ready.buffer, from, count, buffer, slab, this.#resultsBuffer);
  }

  /** The chunks of this fill keep their memory: the next fill has new. */
  leaveSlab(): void {
    this.#leavesSlab = true;
  }

  /** Bytes that record `index` read, 0: the end, -errno, or NOT_READ. */
  result(index: number): number {
    return this.#filled ? (this.#results[index * 2] as number) : NOT_READ;
  }

  /** The bytes of record `index`: a view of the slab, valid until the next fill. */
  chunk(index: number): Uint8Array {
    const length = this.#results[index * 2] as number;
    const offset = this.#results[index * 2 + 1] as number;
    const place = offset >> ALIGN_BITS;
    const known = this.#views[place];
    if (known !== undefined && known.length === length) return known;
    const view = new Uint8Array(this.#slab as ArrayBuffer, offset, length);
    this.#views[place] = view;
    return view;
  }

  /** Whether `bytes` more can be gathered before a flush. */
  hasRoom(bytes: number): boolean {
    return this.#used + bytes <= OUT_BYTES && this.#count < MAX_RECORDS;
  }

  /** Bytes of this slot that are gathered and not sent yet. */
  pending(slot: number): number {
    return this.#table.words[slot * SLOT_WORDS + PENDING_BYTES] as number;
  }

  /** Copies `length` bytes, all there are, behind what this stream has gathered; there must be room. */
  gather(slot: number, fd: number, bytes: Uint8Array, length: number): void {
    if (this.#records === undefined) this.#allocate();
    this.#out.set(bytes, this.#used);
    this.#append(slot, fd, length);
  }

  /** As `gather`, for text of at most `maxBytes` in UTF-8; returns the bytes. */
  gatherText(slot: number, fd: number, text: string, maxBytes: number): number {
    if (this.#records === undefined) this.#allocate();
    const length = this.#out.write(text, this.#used, maxBytes, 'utf8');
    this.#append(slot, fd, length);
    return length;
  }

  /** Sends everything gathered. */
  flush(sink: SendSink): void {
    if (this.#count === 0) return;
    const count = this.#count;
    const records = this.#records as Int32Array;
    const unfinished = native.sendBatch(
      records.buffer as ArrayBuffer,
      count,
      this.#table.buffer,
      this.#out.buffer as ArrayBuffer,
    );
    // Reset first: a sink may lead to another flush.
    this.#count = 0;
    this.#used = 0;
    if (unfinished > 0) this.#tellUnsent(records, count, sink);
  }

  #allocate(): void {
    this.#records = new Int32Array(MAX_RECORDS * RECORD_WORDS);
    this.#out = Buffer.from(new ArrayBuffer(OUT_BYTES));
  }

  /** Adds a record for the bytes at `#used`, or lengthens the stream's last one. */
  #append(slot: number, fd: number, length: number): void {
    const records = this.#records as Int32Array;
    const { words } = this.#table;
    const at = slot * SLOT_WORDS;
    const last = (words[at + LAST_RECORD] as number) - 1;
    const offset = this.#used;
    this.#used += length;
    words[at + PENDING_BYTES] = (words[at + PENDING_BYTES] as number) + length;
    if (last >= 0 && last === this.#count - 1) {
      const word = last * RECORD_WORDS + LENGTH;
      records[word] = (records[word] as number) + length;
      this.#addToHead(records, last, length);
      return;
    }
    const index = this.#count++;
    const word = index * RECORD_WORDS;
    records[word + FD] = last < 0 ? fd : -1;
    records[word + OFFSET] = offset;
    records[word + LENGTH] = length;
    records[word + NEXT] = 0;
    // Of a continuation, RESULT is the index of its head.
    records[word + RESULT] = last < 0 ? 0 : this.#headOf(records, last);
    records[word + SLOT] = slot;
    records[word + RECORD_GENERATION] = this.#table.generation(slot);
    records[word + TOTAL] = last < 0 ? length : 0;
    words[at + LAST_RECORD] = index + 1;
    if (last < 0) return;
    records[last * RECORD_WORDS + NEXT] = index;
    this.#addToHead(records, index, length);
  }

  #headOf(records: Int32Array, index: number): number {
    const word = index * RECORD_WORDS;
    return (records[word + FD] as number) >= 0 ? index : (records[word + RESULT] as number);
  }

  #addToHead(records: Int32Array, index: number, length: number): void {
    const word = this.#headOf(records, index) * RECORD_WORDS + TOTAL;
    records[word] = (records[word] as number) + length;
  }

  #tellUnsent(records: Int32Array, count: number, sink: SendSink): void {
    for (let i = 0; i < count; i++) {
      const word = i * RECORD_WORDS;
      const sent = records[word + RESULT] as number;
      if ((records[word + FD] as number) < 0 || sent === records[word + TOTAL]) continue;
      sink.onUnsent(
        records[word + SLOT] as number,
        records[word + RECORD_GENERATION] as number,
        sent,
        this.#rest(records, i, Math.max(0, sent)),
      );
    }
  }

  /** Views of the chain that starts at `head`, without its first `sent` bytes. */
  #rest(records: Int32Array, head: number, sent: number): Uint8Array[] {
    const rest: Uint8Array[] = [];
    let skip = sent;
    for (let index = head; ; ) {
      const word = index * RECORD_WORDS;
      const offset = records[word + OFFSET] as number;
      const length = records[word + LENGTH] as number;
      if (skip < length) rest.push(this.#out.subarray(offset + skip, offset + length));
      skip = Math.max(0, skip - length);
      const next = records[word + NEXT] as number;
      if (next === 0) return rest;
      index = next;
    }
  }
}
