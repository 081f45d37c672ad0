// One direction of a relay: the bytes that one stream reads go to the other, by one of two ways.
//
// Inside the kernel: from the source to a pipe to the sink, by splice(2). The poller is asked by
// level for one thing at a time: for what there is to read while the pipe is empty, for room while
// it is not. So a source that has more than its sink takes costs nothing until there is room.
//
// Copied: by the streams themselves, `data` and `write`, and no more is read while the sink's
// queue is above its highWaterMark.
//
// Errors of splice(2), and what each does: EAGAIN, nothing; EINVAL and ENOSYS, one of both
// cannot do it, or no program may: from then on the relay copies; ENOBUFS and ENOMEM, what is in the pipe waits in the sink's queue, which
// tries again, or the source is read again a little later; any other is the stream's end, as that of
// a recv or a send.
import { native } from '../binding/index.js';
import { constant } from '../raw/constants.js';
import { updateInterest } from '../stream/base.js';
import { CONNECTING, ENDED, FLOWS_IN, FLOWS_OUT, HELD, NOT_READING } from '../stream/flags.js';
import { readFailed, setReading, unhold } from '../stream/input.js';
import { sendGathered } from '../stream/output.js';
import { isOutOfMemory } from '../stream/sending.js';
import type { Stream } from '../stream/stream.js';
import { PIPE_BYTES, type Pipe, type Pipes } from './pipes.js';
import { Word } from './words.js';

const EAGAIN = -constant('EAGAIN');
/** One of both cannot be spliced, or no call is let through. */
const CANNOT: ReadonlySet<number> = new Set([-constant('EINVAL'), -constant('ENOSYS')]);
/** One direction's share of a turn: others are due as well. */
const TURN_BYTES = 4 * PIPE_BYTES;

/** For the call alone. */
const words = new Int32Array(Word.WORDS);
words[Word.LENGTH] = PIPE_BYTES;

/** What a direction asks of its relay. */
export interface Joining {
  /** Whether the bytes move inside the kernel. */
  readonly splices: boolean;
  /** How many bytes may still be taken, of both directions together. */
  readonly leftBytes: number;
  /** Some were: the relay ends if they were the last. */
  took(bytes: number): void;
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
  readonly #pipes: Pipes;
  #pipe: Pipe | undefined;
  #pipedBytes = 0;
  /** Bytes that came so far. */
  bytes = 0;
  /** The source is no more, without an end that it could be read for. */
  #endFollows = false;

  constructor(source: Stream, sink: Stream, relay: Joining, pipes: Pipes) {
    this.source = source;
    this.sink = sink;
    this.#relay = relay;
    this.#pipes = pipes;
  }

  /** Bytes that came and wait for the sink's peer. */
  get waitingBytes(): number {
    return this.#pipedBytes + this.sink.bufferedBytes;
  }

  // ---- inside the kernel ----------------------------------------------------------

  /** Moves what the kernel has for it and has room for. */
  move(): void {
    const { source, sink } = this;
    sendGathered(sink);
    if (!sink.active || sink.queue !== undefined) {
      this.update();
      return;
    }
    const pipe = this.#pipe ?? this.#pipes.take();
    if (typeof pipe === 'number') {
      this.#relay.copy();
      return;
    }
    words[Word.SOURCE] = source.handleFd;
    words[Word.SINK] = sink.handleFd;
    words[Word.PIPE_IN] = pipe.writeEnd;
    words[Word.PIPE_OUT] = pipe.readEnd;
    words[Word.PIPED] = this.#pipedBytes;
    words[Word.BUDGET] = this.#maySource ? Math.min(TURN_BYTES, this.#relay.leftBytes) : 0;
    native.spliceThrough(words);
    const sinkResult = words[Word.SINK_RESULT] as number;
    const sourceResult = words[Word.SOURCE_RESULT] as number;
    this.#pipedBytes = words[Word.PIPED] as number;
    sink.bytesWritten += words[Word.GIVEN] as number;
    this.#keep(pipe);
    this.#took(words[Word.TAKEN] as number);
    if (sinkResult < 0 && sinkResult !== EAGAIN) this.#sinkFailed(sinkResult);
    else if (sourceResult <= 0 && sourceResult !== EAGAIN && sourceResult !== Word.NOT_ASKED) {
      this.#sourceSays(sourceResult);
    }
    this.update();
    if (this.#pipedBytes === 0) this.#emptied();
  }

  /** Tells the poller what it waits for now. */
  update(): void {
    if (!this.#relay.splices) return;
    const { source, sink } = this;
    const waits = this.#pipedBytes > 0 && sink.active;
    setFlow(source, FLOWS_IN, !waits && this.#maySource && this.#maySink);
    if (setFlow(sink, FLOWS_OUT, waits)) {
      // Until it is sent the loop is alive, as with any output.
      sink.setWorking(waits || sink.queue !== undefined || (sink.flags & CONNECTING) !== 0);
    }
  }

  get #maySource(): boolean {
    const { flags, active } = this.source;
    return active && (flags & NOT_READING) === 0 && this.#relay.leftBytes > 0;
  }

  get #maySink(): boolean {
    const { flags, active, queue } = this.sink;
    return active && (flags & (CONNECTING | ENDED)) === 0 && queue === undefined;
  }

  #keep(pipe: Pipe): void {
    this.#pipe = this.#pipedBytes > 0 ? pipe : undefined;
    if (this.#pipe === undefined) this.#pipes.give(pipe);
  }

  #took(bytes: number): void {
    if (bytes === 0) return;
    this.source.bytesRead += bytes;
    this.bytes += bytes;
    this.#relay.took(bytes);
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
    const pipe = this.#pipe;
    if (pipe === undefined) return;
    const bytes = new Uint8Array(this.#pipedBytes);
    let filled = 0;
    while (filled < bytes.length) {
      const count = native.read(pipe.readEnd, bytes, filled);
      if (count <= 0) break;
      filled += count;
    }
    this.dropPipe();
    if (this.sink.active) this.sink.write(bytes.subarray(0, filled));
    // The queue keeps the order by itself.
    if (this.#endFollows) this.end();
  }

  /** What is in the pipe is not to be sent. */
  dropPipe(): void {
    const pipe = this.#pipe;
    this.#pipe = undefined;
    this.#pipedBytes = 0;
    if (pipe !== undefined) this.#pipes.drop(pipe);
  }

  // ---- copied -----------------------------------------------------------------------

  /** A chunk of the source's. */
  copy(chunk: Uint8Array): void {
    const { sink, source } = this;
    const { leftBytes } = this.#relay;
    const bytes = chunk.length > leftBytes ? chunk.subarray(0, leftBytes) : chunk;
    this.bytes += bytes.length;
    if (!sink.write(bytes) || leftBytes <= bytes.length) this.#hold(source);
    this.#relay.took(bytes.length);
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

/** Sets or clears a flag of what the poller is asked for; whether that changed it. */
function setFlow(stream: Stream, flag: number, on: boolean): boolean {
  if (((stream.flags & flag) !== 0) === on) return false;
  stream.flags ^= flag;
  if (stream.active) updateInterest(stream);
  return true;
}
