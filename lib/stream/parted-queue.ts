// What a stream could not send yet, where something that is no bytes of ours stands in between: a
// file that is sent (see lib/pool/fs/stream/send-file.ts). It keeps its place: what was written
// before goes first, and what is written behind it waits until it is over.
import type { Outgoing } from './queue.js';

/** Something that goes out in its place among bytes. */
export interface Part {
  /** Nothing more of it is to be sent. */
  readonly isOver: boolean;
  /** Sends some of it, when it stands in front: 0, or -errno of the stream's. */
  move(): number;
  /** The stream takes no more: it is over. */
  drop(): void;
}

/** What a part counts for, in bytes: it holds a descriptor, of which there are not many. */
export const PART_WEIGHT = 4096;

const isPart = (one: Outgoing | Part): one is Part => 'isOver' in one;

/** Queues of bytes, and parts in between; the last is a queue. */
export class PartedQueue implements Outgoing {
  readonly #newQueue: () => Outgoing;
  readonly #all: (Outgoing | Part)[];
  size: number;
  held: number;
  weight: number;
  retryMs: number;

  /** @param first what is queued already */
  constructor(first: Outgoing, newQueue: () => Outgoing) {
    this.#newQueue = newQueue;
    this.#all = [first];
    this.size = first.size;
    this.held = first.held;
    this.weight = first.weight;
    this.retryMs = first.retryMs;
  }

  /** Behind all that is there. */
  add(part: Part): void {
    this.#all.push(part, this.#newQueue());
    this.#addWeight(PART_WEIGHT);
  }

  get room(): number {
    return this.#last.room;
  }

  get descriptors(): readonly number[] | undefined {
    return this.#firstQueue()?.descriptors;
  }

  attach(fds: readonly number[]): void {
    const queue = this.#last;
    this.#change(queue, () => queue.attach?.(fds));
  }

  push(bytes: Uint8Array, spare?: number): void {
    const queue = this.#last;
    this.#change(queue, () => queue.push(bytes, spare));
  }

  keep(bytes: Uint8Array): void {
    const queue = this.#last;
    this.#change(queue, () => queue.keep(bytes));
  }

  first(): Uint8Array | undefined {
    return this.#firstQueue()?.first();
  }

  shift(bytes: number): void {
    const queue = this.#firstQueue();
    if (queue !== undefined) this.#change(queue, () => queue.shift(bytes));
  }

  move(): number {
    const front = this.#front();
    const result = isPart(front) ? front.move() : 0;
    // One that has ended counts no more.
    this.#front();
    return result;
  }

  takeDescriptors(): number[] {
    const all = this.#all.splice(0);
    for (const one of all) if (isPart(one)) one.drop();
    return all.flatMap((one) => (isPart(one) ? [] : one.takeDescriptors()));
  }

  get #last(): Outgoing {
    return this.#all[this.#all.length - 1] as Outgoing;
  }

  /** The first that is not empty, or the last. */
  #front(): Outgoing | Part {
    for (;;) {
      const front = this.#all[0] as Outgoing | Part;
      if (isPart(front)) {
        if (!front.isOver) return front;
        this.#addWeight(-PART_WEIGHT);
      } else if (front.weight > 0 || this.#all.length === 1) {
        return front;
      } else {
        // Empty, but some memory of it may be kept for what follows.
        this.held -= front.held;
      }
      this.#all.shift();
    }
  }

  #firstQueue(): Outgoing | undefined {
    const front = this.#front();
    return isPart(front) ? undefined : front;
  }

  #change(queue: Outgoing, change: () => void): void {
    const { size, held, weight } = queue;
    change();
    this.size += queue.size - size;
    this.held += queue.held - held;
    this.weight += queue.weight - weight;
  }

  #addWeight(weight: number): void {
    this.weight += weight;
    this.held += weight;
  }
}
