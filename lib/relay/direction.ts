// One direction of a relay: the bytes that one stream reads go to the other, by one of two ways.
//
// Inside the kernel: from the source to a pipe to the sink, by splice(2). The poller is asked by
// level for one thing at a time: for what there is to read while the pipe is empty, for room while
// it is not. So a source that has more than its sink takes costs nothing until there is room. What
// comes the crossing moves by itself (native/stream/relay.cc); it is told here where either side has
// something to say, where there is no pipe, and where a limit counts.
//
// Copied: by the streams themselves, `data` and `write`, and no more is read while the sink's
// queue is above its highWaterMark.
//
// Errors of splice(2), and what each does: EAGAIN, nothing; EINVAL and ENOSYS, one of both
// cannot do it, or no program may: from then on the relay copies; ENOBUFS and ENOMEM, what is in the
// pipe waits in the sink's queue, which tries again, or the source is read again a little later; any
// other is the stream's end, as that of a recv or a send.
import { native } from '../binding/index.js';
import { constant } from '../raw/constants.js';
import { CONNECTING, ENDED, HELD, NOT_READING } from '../stream/flags.js';
import { sendGathered } from '../stream/gathered.js';
import { readFailed, setReading, unhold } from '../stream/input.js';
import { setFlowsIn, setFlowsOut } from '../stream/relayed.js';
import { isOutOfMemory } from '../stream/sending.js';
import type { Stream } from '../stream/stream.js';
import { FlowWords } from './flow.js';
import { type Pipes, TURN_BYTES } from './pipes.js';
import { Flow } from './words.js';

const EAGAIN = -constant('EAGAIN');
/** One of both cannot be spliced, or no call is let through. */
const CANNOT: ReadonlySet<number> = new Set([-constant('EINVAL'), -constant('ENOSYS')]);

/** What a direction asks of its relay. */
export interface Joining {
  /** How many bytes may still be taken, of both directions together. */
  readonly leftBytes: number;
  /** What a direction held has gone out. */
  emptied(): void;
  /** The bytes cannot move inside the kernel: they are copied from here on. */
  copy(): void;
}

/** From `source` to `sink`. */
export class Direction {
  readonly source: Stream;
  readonly sink: Stream;
  readonly #relay: Joining;
  /** What moves inside the kernel; undefined: nothing, the bytes are copied. */
  #flow: FlowWords | undefined;
  /** Bytes that came and were copied. */
  #copiedBytes = 0;
  /** The source is no more, without an end that it could be read for. */
  #endFollows = false;

  constructor(source: Stream, sink: Stream, relay: Joining) {
    this.source = source;
    this.sink = sink;
    this.#relay = relay;
  }

  /** Bytes that came so far. */
  get bytes(): number {
    return this.#copiedBytes + this.takenBytes;
  }

  /** Those of them that were taken inside the kernel since it began. */
  get takenBytes(): number {
    return this.#flow?.taken ?? 0;
  }

  /** Those that were given to the sink there. */
  get givenBytes(): number {
    return this.#flow?.given ?? 0;
  }

  get #pipedBytes(): number {
    return this.#flow?.piped ?? 0;
  }

  /** Bytes that came and wait for the sink's peer. */
  get waitingBytes(): number {
    return this.#pipedBytes + this.sink.bufferedBytes;
  }

  // ---- inside the kernel ----------------------------------------------------------

  /** From here on. */
  enterKernel(pipes: Pipes): void {
    this.#flow = new FlowWords(pipes);
  }

  /** No more. What is in the pipe is lost: see `takeOut`. */
  leaveKernel(): void {
    const flow = this.#flow;
    if (flow === undefined) return;
    this.#copiedBytes += flow.taken;
    this.#flow = undefined;
    flow.release();
  }

  /** Whether the crossing has moved what came, and there is something to tell. */
  get isDue(): boolean {
    return this.#flow?.isDue ?? false;
  }

  /** Moves what the kernel has for it and has room for, unless the crossing has. */
  move(): void {
    const { sink } = this;
    const flow = this.#flow;
    if (flow === undefined) return;
    if (!flow.isDue) {
      sendGathered(sink);
      if (!sink.active || sink.queue !== undefined) {
        this.update();
        return;
      }
      if (flow.move(this.#maySource ? Math.min(TURN_BYTES, this.#relay.leftBytes) : 0) < 0) {
        this.#relay.copy();
        return;
      }
    }
    this.settle();
  }

  /** Sees to what the last move has said. */
  settle(): void {
    const flow = this.#flow;
    if (flow === undefined) return;
    const { sinkResult, sourceResult } = flow;
    flow.seen();
    // There are empty ones enough.
    if (flow.piped === 0) flow.dropPipe();
    if (sinkResult < 0 && sinkResult !== EAGAIN) this.#sinkFailed(sinkResult);
    else if (sourceResult <= 0 && sourceResult !== EAGAIN && sourceResult !== Flow.NOT_ASKED) {
      this.#sourceSays(sourceResult);
    }
    this.update();
    if (this.#pipedBytes === 0) this.#emptied();
  }

  /** Tells the poller what it waits for now, and the crossing what to move. */
  update(): void {
    const flow = this.#flow;
    if (flow === undefined) return;
    const { source, sink } = this;
    const waits = flow.piped > 0 && sink.active;
    const flows = !waits && this.#maySource && this.#maySink;
    if (flows) flow.point(source, sink);
    // Where there is a limit each move is one of ours, which counts.
    setFlowsIn(source, flows, this.#relay.leftBytes === Infinity ? flow.reference : -1);
    setFlowsOut(sink, waits);
  }

  get #maySource(): boolean {
    const { flags, active } = this.source;
    return active && (flags & NOT_READING) === 0 && this.#relay.leftBytes > 0;
  }

  get #maySink(): boolean {
    const { flags, active, queue } = this.sink;
    return active && (flags & (CONNECTING | ENDED)) === 0 && queue === undefined;
  }

  #sinkFailed(result: number): void {
    const { sink } = this;
    if (CANNOT.has(result)) this.#relay.copy();
    else if (isOutOfMemory(result)) this.takeOut();
    else sink.fail(result, sink.group.transfer.writeCall);
  }

  #sourceSays(result: number): void {
    if (CANNOT.has(result)) this.#relay.copy();
    else readFailed(this.source, result);
  }

  /** What is in the pipe waits in the sink's queue instead. */
  takeOut(): void {
    const flow = this.#flow;
    if (flow === undefined || flow.piped === 0) return;
    const bytes = new Uint8Array(flow.piped);
    let filled = 0;
    while (filled < bytes.length) {
      const count = native.read(flow.pipeOut, bytes, filled);
      if (count <= 0) break;
      filled += count;
    }
    flow.dropPipe();
    if (this.sink.active) this.sink.write(bytes.subarray(0, filled));
    // The queue keeps the order by itself.
    if (this.#endFollows) this.end();
  }

  // ---- copied -----------------------------------------------------------------------

  /** A chunk of the source's. */
  copy(chunk: Uint8Array): void {
    const { sink, source } = this;
    const { leftBytes } = this.#relay;
    const bytes = chunk.length > leftBytes ? chunk.subarray(0, leftBytes) : chunk;
    this.#copiedBytes += bytes.length;
    if (!sink.write(bytes) || leftBytes <= bytes.length) this.#hold(source);
    this.#relay.emptied();
  }

  #hold(source: Stream): void {
    source.flags |= HELD;
    setReading(source, false);
  }

  // ---- both -------------------------------------------------------------------------

  /** All that the sink had to send is sent. */
  drained(): void {
    if (this.#relay.leftBytes > 0) unhold(this.source);
    this.update();
    this.#emptied();
  }

  /** The source has ended: so does the sink, behind what is on its way. */
  end(): void {
    this.#endFollows = this.#pipedBytes > 0;
    if (!this.#endFollows && this.sink.active) this.sink.endOutput();
  }

  #emptied(): void {
    if (this.#endFollows) this.end();
    this.#relay.emptied();
  }
}
