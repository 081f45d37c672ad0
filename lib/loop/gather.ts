// What callbacks have written and was not sent yet: gathered in one slab, with a record
// for each stream's share, until the next crossing sends it all. No object is made for a
// message. See native/stream/batch.cc.
import type { TextEncoding } from './contract.js';
import {
  KEEP_OUT,
  KEEP_RECORDS,
  LAST_RECORD,
  RECORD_WORDS,
  SEND_FD,
  SEND_GENERATION,
  SEND_LENGTH,
  SEND_NEXT,
  SEND_OFFSET,
  SEND_RESULT,
  SEND_SLOT,
  SEND_TOTAL,
  SLOT_WORDS,
  sharedWords,
  TRANSFER,
  Transfer,
} from './layout.js';
import type { HandleTable } from './table.js';

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

export abstract class Gather {
  protected readonly table: HandleTable;
  #records: Int32Array | undefined;
  #out: Buffer = Buffer.alloc(0);
  /** How many records there are. */
  protected gathered = 0;
  #used = 0;

  constructor(table: HandleTable) {
    this.table = table;
  }

  /** Native code is to know this memory. */
  abstract keep(kind: number, memory: Int32Array | Uint8Array): void;

  /** Whether `bytes` more can be gathered before a flush. */
  hasRoom(bytes: number): boolean {
    return this.#used + bytes <= OUT_BYTES && this.gathered < MAX_RECORDS;
  }

  /** Whether bytes of this slot are gathered and not sent yet. */
  isPending(slot: number): boolean {
    return this.table.words[slot * SLOT_WORDS + LAST_RECORD] !== 0;
  }

  /** Copies `length` bytes, all there are, behind what this stream has gathered; there must be room. */
  gather(slot: number, fd: number, bytes: Uint8Array, length: number): void {
    if (this.#records === undefined) this.#allocate();
    this.#out.set(bytes, this.#used);
    this.#append(slot, fd, length);
  }

  /** As `gather`, for text of at most `maxBytes` as it is encoded; returns the bytes. */
  gatherText(
    slot: number,
    fd: number,
    text: string,
    maxBytes: number,
    encoding: TextEncoding,
  ): number {
    if (this.#records === undefined) this.#allocate();
    const length = this.#out.write(text, this.#used, maxBytes, encoding);
    this.#append(slot, fd, length);
    return length;
  }

  #allocate(): void {
    this.#records = sharedWords(MAX_RECORDS * RECORD_WORDS);
    this.#out = Buffer.from(new SharedArrayBuffer(OUT_BYTES));
    this.keep(KEEP_RECORDS, this.#records);
    this.keep(KEEP_OUT, this.#out);
  }

  /** Adds a record for the bytes at `#used`, or lengthens the stream's last one. */
  #append(slot: number, fd: number, length: number): void {
    const records = this.#records as Int32Array;
    const { words } = this.table;
    const at = slot * SLOT_WORDS;
    const last = (words[at + LAST_RECORD] as number) - 1;
    const offset = this.#used;
    this.#used += length;
    const transfer = words[at + TRANSFER] as number;
    if (last >= 0 && last === this.gathered - 1 && transfer !== Transfer.RECORDS) {
      const word = last * RECORD_WORDS + SEND_LENGTH;
      records[word] = (records[word] as number) + length;
      addToHead(records, last, length);
      return;
    }
    const index = this.gathered++;
    const word = index * RECORD_WORDS;
    records[word + SEND_FD] = last < 0 ? fd : -1;
    records[word + SEND_OFFSET] = offset;
    records[word + SEND_LENGTH] = length;
    records[word + SEND_NEXT] = 0;
    records[word + SEND_RESULT] = last < 0 ? transfer : headOf(records, last);
    records[word + SEND_SLOT] = slot;
    records[word + SEND_GENERATION] = this.table.generation(slot);
    records[word + SEND_TOTAL] = last < 0 ? length : 0;
    words[at + LAST_RECORD] = index + 1;
    if (last < 0) return;
    records[last * RECORD_WORDS + SEND_NEXT] = index;
    addToHead(records, index, length);
  }

  /** All that was gathered has gone through a crossing, `unsent` chains not whole. */
  protected sent(unsent: number, sink: SendSink): void {
    const count = this.gathered;
    // Reset first: a sink may lead to another flush.
    this.gathered = 0;
    this.#used = 0;
    if (unsent > 0) this.#tellUnsent(count, sink);
  }

  #tellUnsent(count: number, sink: SendSink): void {
    const records = this.#records as Int32Array;
    for (let i = 0; i < count; i++) {
      const word = i * RECORD_WORDS;
      const sent = records[word + SEND_RESULT] as number;
      if ((records[word + SEND_FD] as number) < 0 || sent === records[word + SEND_TOTAL]) continue;
      sink.onUnsent(
        records[word + SEND_SLOT] as number,
        records[word + SEND_GENERATION] as number,
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
      const offset = records[word + SEND_OFFSET] as number;
      const length = records[word + SEND_LENGTH] as number;
      if (skip < length) rest.push(this.#out.subarray(offset + skip, offset + length));
      skip = Math.max(0, skip - length);
      const next = records[word + SEND_NEXT] as number;
      if (next === 0) return rest;
      index = next;
    }
  }
}

function headOf(records: Int32Array, index: number): number {
  const word = index * RECORD_WORDS;
  return (records[word + SEND_FD] as number) >= 0 ? index : (records[word + SEND_RESULT] as number);
}

function addToHead(records: Int32Array, index: number, length: number): void {
  const word = headOf(records, index) * RECORD_WORDS + SEND_TOTAL;
  records[word] = (records[word] as number) + length;
}
