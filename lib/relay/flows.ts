// The directions of a loop's relays as the crossing knows them: words of memory that it looks into
// when a source is readable (native/stream/relay.cc). One of them is flow.ts's.
import type { HandleLoop } from '../loop/contract.js';
import { KEEP_FLOWS, sharedWords } from '../loop/layout.js';
import { Flow } from './words.js';

const FIRST_FLOWS = 8;

export class Flows {
  readonly #loop: HandleLoop;
  readonly #free: number[] = [];
  #made = 0;
  /** Replaced when it grows: do not keep it. */
  words: Int32Array = new Int32Array(0);
  /** The same memory. */
  bytes: Float64Array = new Float64Array(0);

  constructor(loop: HandleLoop) {
    this.#loop = loop;
  }

  /** One that has moved nothing and has no pipe. */
  allocate(): number {
    const index = this.#free.pop() ?? this.#made++;
    const at = index * Flow.WORDS;
    if (at === this.words.length) this.#grow();
    this.words.fill(0, at, at + Flow.WORDS);
    this.words[at + Flow.PIPE_IN] = -1;
    this.words[at + Flow.PIPE_OUT] = -1;
    return index;
  }

  /** It is not to be used any more, and no slot names it. */
  release(index: number): void {
    this.#free.push(index);
  }

  #grow(): void {
    const words = sharedWords(Math.max(FIRST_FLOWS * Flow.WORDS, this.words.length * 2));
    words.set(this.words);
    this.words = words;
    this.bytes = new Float64Array(words.buffer);
    this.#loop.streams.keep(KEEP_FLOWS, words);
  }
}
