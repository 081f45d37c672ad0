// One direction of a relay as the crossing knows it: what it is to move, what it has moved, and what
// came of the last try. See native/stream/relay.cc.
import { native } from '../binding/index.js';
import type { Stream } from '../stream/stream.js';
import type { Flows } from './flows.js';
import type { Pipes } from './pipes.js';
import { Flow } from './words.js';

export class FlowWords {
  readonly #flows: Flows;
  readonly #pipes: Pipes;
  readonly #index: number;
  readonly #at: number;

  constructor(pipes: Pipes) {
    this.#pipes = pipes;
    this.#flows = pipes.flows;
    this.#index = this.#flows.allocate();
    this.#at = this.#index * Flow.WORDS;
  }

  #word(place: number): number {
    return this.#flows.words[this.#at + place] as number;
  }

  /** Bytes read from the source. */
  get taken(): number {
    return this.#flows.bytes[this.#at / 2 + Flow.TAKEN] as number;
  }

  /** Bytes written to the sink. */
  get given(): number {
    return this.#flows.bytes[this.#at / 2 + Flow.GIVEN] as number;
  }

  /** Bytes in the pipe. */
  get piped(): number {
    return this.#word(Flow.PIPED);
  }

  /** Of the last read: bytes, 0: the end, -errno, or NOT_ASKED. */
  get sourceResult(): number {
    return this.#word(Flow.SOURCE_RESULT);
  }

  /** 0, or -errno. */
  get sinkResult(): number {
    return this.#word(Flow.SINK_RESULT);
  }

  /** What the slot of the source names it by. */
  get reference(): number {
    return Flow.FIRST - this.#index;
  }

  /** Whether the crossing has moved what came, and the results are yet to be seen to. */
  get isDue(): boolean {
    return this.#word(Flow.DUE) !== 0;
  }

  /** They are. */
  seen(): void {
    this.#flows.words[this.#at + Flow.DUE] = 0;
  }

  /** Which both are: open, as long as they stay so. */
  point(source: Stream, sink: Stream): void {
    const { words } = this.#flows;
    const at = this.#at;
    words[at + Flow.SOURCE] = source.handleFd;
    words[at + Flow.SINK] = sink.handleFd;
    words[at + Flow.SINK_SLOT] = sink.slot;
    words[at + Flow.SINK_GENERATION] = sink.loop.table.generation(sink.slot);
  }

  /** Moves what there is now. 0, or -errno: there is no pipe for it. */
  move(budget: number): number {
    const pipes = this.#pipes;
    while (native.moveFlow(pipes.words, this.#flows.words, this.#index, budget) === 0) {
      const result = pipes.make();
      if (result < 0) return result;
    }
    return 0;
  }

  /** Where its pipe is read, -1: it has none. */
  get pipeOut(): number {
    return this.#word(Flow.PIPE_OUT);
  }

  /** Closes its pipe, and what is in it is lost. */
  dropPipe(): void {
    const { words } = this.#flows;
    const at = this.#at;
    if (this.pipeOut < 0) return;
    this.#pipes.close(this.pipeOut, this.#word(Flow.PIPE_IN));
    words[at + Flow.PIPE_IN] = -1;
    words[at + Flow.PIPE_OUT] = -1;
    words[at + Flow.PIPED] = 0;
  }

  /** It is another's from here on. */
  release(): void {
    this.dropPipe();
    this.#flows.release(this.#index);
  }
}
