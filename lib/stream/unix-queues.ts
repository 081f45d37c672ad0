// What Unix sockets could not send yet. As streams they are a queue of bytes with marks in
// it, where descriptors go along; where records keep their bounds, a list of records. What
// is passed is a duplicate of our own, which the stream closes once it is sent, or dropped.
import { GONE, type Outgoing, OutputQueue } from './queue.js';

/**
 * What a queued descriptor counts for, in bytes: a process has a thousand of them, not
 * sixteen million.
 */
const DESCRIPTOR_WEIGHT = 4096;
/** What a record takes beside its bytes. */
const RECORD_WEIGHT = 128;

/** What descriptors that go along with bytes count for. */
export function weightOfAll(fds: readonly number[] | undefined): number {
  return fds === undefined ? 0 : fds.length * DESCRIPTOR_WEIGHT;
}

/** Descriptors, and how many bytes go before them. */
interface Mark {
  readonly at: number;
  readonly fds: readonly number[];
}

/** Bytes, in which descriptors stand in their places. */
export class PassingQueue extends OutputQueue {
  #marks: Mark[] = [];
  #pushedBytes = 0;
  #shiftedBytes = 0;
  #marksWeight = 0;

  override get weight(): number {
    return this.size + this.#marksWeight;
  }

  override get descriptors(): readonly number[] | undefined {
    const mark = this.#marks[0];
    return mark?.at === this.#shiftedBytes ? mark.fds : undefined;
  }

  attach(fds: readonly number[]): void {
    this.#marks.push({ at: this.#pushedBytes, fds });
    this.#addWeight(weightOfAll(fds));
  }

  override push(bytes: Uint8Array, spare?: number): void {
    this.#pushedBytes += bytes.length;
    super.push(bytes, spare);
  }

  override keep(bytes: Uint8Array): void {
    this.#pushedBytes += bytes.length;
    super.keep(bytes);
  }

  /** Up to where other descriptors go along. */
  override first(): Uint8Array | undefined {
    const next = this.#marks[this.descriptors === undefined ? 0 : 1];
    const bytes = super.first();
    if (next === undefined || bytes === undefined || bytes === GONE) return bytes;
    return bytes.subarray(0, next.at - this.#shiftedBytes);
  }

  override shift(bytes: number): void {
    const { descriptors } = this;
    if (descriptors !== undefined && bytes > 0) {
      this.#marks.shift();
      this.#addWeight(-weightOfAll(descriptors));
    }
    this.#shiftedBytes += bytes;
    super.shift(bytes);
  }

  override takeDescriptors(): number[] {
    const fds = this.#marks.flatMap((mark) => mark.fds);
    this.#marks = [];
    return fds;
  }

  #addWeight(weight: number): void {
    this.#marksWeight += weight;
    this.held += weight;
  }
}

interface Piece {
  readonly bytes: Uint8Array;
  readonly fds: readonly number[] | undefined;
  readonly weight: number;
}

/** Records, each of which is sent whole or not at all. */
export class RecordQueue implements Outgoing {
  #records: Piece[] = [];
  #head = 0;
  #attached: readonly number[] | undefined;
  readonly room = 0;
  size = 0;
  held = 0;
  retryMs = 0;

  get weight(): number {
    return this.held;
  }

  get descriptors(): readonly number[] | undefined {
    return this.#records[this.#head]?.fds;
  }

  attach(fds: readonly number[]): void {
    this.#attached = fds;
  }

  push(bytes: Uint8Array): void {
    const fds = this.#attached;
    this.#attached = undefined;
    const weight = bytes.length + RECORD_WEIGHT + weightOfAll(fds);
    this.#records.push({ bytes: new Uint8Array(bytes), fds, weight });
    this.size += bytes.length;
    this.held += weight;
  }

  /** A record is not split, and short: it is copied. */
  keep(bytes: Uint8Array): void {
    this.push(bytes);
  }

  first(): Uint8Array | undefined {
    return this.#records[this.#head]?.bytes;
  }

  shift(): void {
    const { bytes, weight } = this.#records[this.#head++] as Piece;
    this.size -= bytes.length;
    this.held -= weight;
    // Keep the list short without moving it for every record.
    if (this.#head < 64 && this.#head < this.#records.length) return;
    this.#records.splice(0, this.#head);
    this.#head = 0;
  }

  takeDescriptors(): number[] {
    const fds = this.#records.slice(this.#head).flatMap((record) => record.fds ?? []);
    this.#records = [];
    this.#head = 0;
    return fds;
  }
}
