// Where a ready record finds its handle: a slot number leads to the handle and to
// four words that native code reads as well (see layout.ts). A slot's generation changes with each owner, so an event for a closed
// and reused descriptor is dropped by one comparison.
import { GENERATION_MASK, tokenOf } from '../poller/ready-list.js';
import type { Handle } from './handle.js';
import {
  GENERATION,
  LAST_RECORD,
  READ_FD,
  SLOT_WORDS,
  sharedWords,
  TRANSFER,
  Transfer,
} from './layout.js';

const FIRST_SLOTS = 64;
/** Idle connections are many: half of a table that is nearly empty is too much. */
const GROWTH = 1.5;

export class HandleTable {
  /** By slot. */
  readonly handles: (Handle | undefined)[] = [];
  /** SLOT_WORDS words by slot. Replaced when it grows: do not keep it. */
  words: Int32Array = sharedWords(FIRST_SLOTS * SLOT_WORDS);
  /** How many slots were ever given back; see PollSet's stale events. */
  released = 0;
  /** How many slots have an owner. */
  used = 0;
  readonly #free: number[] = [];

  /** Gives `handle` a slot. */
  allocate(handle: Handle): number {
    const slot = this.#free.pop() ?? this.handles.length;
    if (slot * SLOT_WORDS === this.words.length) this.#grow();
    this.handles[slot] = handle;
    this.used++;
    this.words[slot * SLOT_WORDS + READ_FD] = -1;
    return slot;
  }

  /** Takes the slot back: tokens that name it are stale from now on. */
  release(slot: number): void {
    const at = slot * SLOT_WORDS;
    this.handles[slot] = undefined;
    this.words[at + READ_FD] = -1;
    this.words[at + GENERATION] = (this.generation(slot) + 1) & GENERATION_MASK;
    this.words[at + LAST_RECORD] = 0;
    this.words[at + TRANSFER] = Transfer.SOCKET;
    this.#free.push(slot);
    this.released++;
    this.used--;
  }

  generation(slot: number): number {
    return this.words[slot * SLOT_WORDS + GENERATION] as number;
  }

  token(slot: number): number {
    return tokenOf(slot, this.generation(slot));
  }

  /** Sets what the crossing reads for this slot: a descriptor; a flow; -1: nothing. */
  setReadFd(slot: number, fd: number): void {
    this.words[slot * SLOT_WORDS + READ_FD] = fd;
  }

  /** Sets how this slot's bytes move; a socket's, unless it is said. */
  setTransfer(slot: number, transfer: number): void {
    this.words[slot * SLOT_WORDS + TRANSFER] = transfer;
  }

  /** The handle that a record is for, unless the record is stale. */
  find(slot: number, generation: number): Handle | undefined {
    const handle = this.handles[slot];
    return handle !== undefined && this.generation(slot) === generation ? handle : undefined;
  }

  #grow(): void {
    const slots = Math.ceil((this.words.length / SLOT_WORDS) * GROWTH);
    const words = sharedWords(slots * SLOT_WORDS);
    words.set(this.words);
    this.words = words;
  }
}
