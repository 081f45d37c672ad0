// Between a stream and its Duplex: the handlers of the one, which call the other. One object
// for a connection, as `this` of handlers is the object that they are in, so that nothing has to be
// looked up for a message. The Duplex is the machine of node:stream with all its rules: here is
// only what moves bytes and what ends them.
import type { Duplex } from 'node:stream';
import { codedError } from '../base/errors.js';
import type { Handle } from '../loop/handle.js';
import { gatherOnly } from '../stream/gathered.js';
import { type HandedOver, handOver, hasReadEnd, sentAll } from '../stream/handed-over.js';
import type { Handlers } from '../stream/handlers.js';
import type { Stream } from '../stream/stream.js';
import { IdleTimer } from './idle-timer.js';
import { TcpOptions } from './kernel-side.js';
import { type Chunk, PendingOutput, type Written } from './pending-output.js';

const destroyed = () =>
  codedError(Error, 'ERR_STREAM_DESTROYED', 'the stream was closed before this was sent');

export class Bridge implements Handlers<Stream> {
  readonly stream: Stream;
  readonly #output: PendingOutput;
  readonly idle: IdleTimer;
  readonly options: TcpOptions;
  /** Of text that is written without one. */
  defaultEncoding: BufferEncoding = 'utf8';
  readonly #duplex: Duplex;
  readonly #before: Handlers<Handle>;
  readonly #was: HandedOver;
  /** Waits until all is sent, to end our side. */
  #finishing: Written | undefined;
  #ended = false;
  /** Waits until the stream has closed. */
  #closing: Written | undefined;
  #cause: Error | null = null;
  #isOver: boolean;

  /** @throws Error ERR_INVALID_STATE when somebody iterates `stream` */
  constructor(stream: Stream, duplex: Duplex) {
    this.stream = stream;
    this.#duplex = duplex;
    this.#output = new PendingOutput(stream);
    this.idle = new IdleTimer(stream, () => duplex.emit('timeout'));
    this.options = new TcpOptions(stream);
    this.#before = stream.group.handlers;
    this.#was = handOver(stream, this);
    this.#isOver = this.#was.isOver;
  }

  /** What came before goes to the Duplex, which is whole now. */
  begin(): void {
    const { chunks, readEnded, isOver } = this.#was;
    for (const chunk of chunks) {
      if (!this.#duplex.push(asBuffer(chunk))) this.stream.pause();
    }
    if (readEnded) this.end();
    else if (isOver) this.#duplex.destroy(this.stream.error);
  }

  // ---- what the stream tells ----------------------------------------------------

  open(): void {
    this.options.apply();
    this.#duplex.emit('connect');
    this.#duplex.emit('ready');
    if (this.#finishing !== undefined) this.drain();
  }

  data(stream: Stream, chunk: Uint8Array): void {
    // Small ones share memory of Node's own pool.
    const copy = Buffer.allocUnsafe(chunk.length);
    copy.set(chunk);
    this.idle.touch();
    if (flows(this.#duplex)) this.#duplex.emit('data', copy);
    else if (!this.#duplex.push(copy)) stream.pause();
  }

  end(): void {
    this.#duplex.push(null);
    // Who does not read is at the end as well when nothing is left, as of a net.Socket: or what a peer has
    // left would stay for ever.
    this.#duplex.read(0);
  }

  drain(): void {
    this.idle.touch();
    this.#output.drained();
    const finishing = this.#finishing;
    if (finishing === undefined) return;
    this.#finishing = undefined;
    this.finish(finishing);
  }

  close(stream: Stream, error?: Error): void {
    this.#isOver = true;
    this.idle.stop();
    const closing = this.#closing;
    this.#closing = undefined;
    if (closing !== undefined) closing(this.#cause);
    else if (error !== undefined) this.#duplex.destroy(error);
    else this.#closedInOrder();
    const unsent = error ?? destroyed();
    this.#output.fail(unsent);
    this.#finishing?.(unsent);
    this.#finishing = undefined;
    this.#before.close?.(stream, error);
  }

  /** Without an error: both sides have ended, or the program has closed the stream itself. */
  #closedInOrder(): void {
    const ended = this.#ended || this.#was.writeEnded;
    // Who has not read all yet does so still: the Duplex closes behind its last byte.
    if (ended && hasReadEnd(this.stream)) return;
    // What has no half that ends alone, a terminal, is at its end when ours is.
    if (ended && !this.stream.group.transfer.isSocket) this.end();
    else this.#duplex.destroy();
  }

  // ---- what the Duplex asks -----------------------------------------------------

  /**
   * The short way of a chunk, which leaves the machine of node:stream out where it has nothing
   * to do: takes what only has to be copied into what this turn will send, behind all that was
   * written before. It is as if the Duplex had written it and been called back at once.
   */
  gathers(chunk: unknown, encoding: BufferEncoding = this.defaultEncoding): boolean {
    const duplex = this.#duplex;
    // Of a Duplex that ended, or has something to write first, it is node:stream's to say.
    if (duplex.writableLength !== 0 || !duplex.writable) return false;
    // Whether it is one at all is node:stream's to say as well.
    if (encoding !== 'utf8' && encoding !== 'latin1') return false;
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return false;
    // No bytes: memory that was transferred away, maybe.
    if (chunk.length === 0) return false;
    if (!gatherOnly(this.stream, chunk, encoding)) return false;
    this.idle.touch();
    return true;
  }

  /**
   * Tells who wrote a chunk that went the short way, in a tick, as node:stream does. It goes on in
   * the host's next phase as a rule (TLS and http2 free the connection there for what they write
   * next), so the turn does not ask the kernel for more first. bench: `npm run bench -- layers`.
   */
  callBack(written: Written): void {
    this.stream.loop.hostWaits = true;
    process.nextTick(written);
  }

  write(chunk: Buffer | string, encoding: BufferEncoding, written: Written): void {
    this.idle.touch();
    this.#output.write(chunk, encoding, written);
  }

  writeAll(chunks: readonly Chunk[], written: Written): void {
    this.idle.touch();
    this.#output.writeAll(chunks, written);
  }

  read(): void {
    if (this.stream.paused) this.stream.resume();
  }

  /** Ends our side, once all is sent. */
  finish(finished: Written): void {
    if (this.#isOver) {
      finished(destroyed());
      return;
    }
    if (!this.stream.open || !sentAll(this.stream)) {
      this.#finishing = finished;
      return;
    }
    // Not at once, as of a net.Socket: pipeline() of the host's waits for ever for a Duplex, both its first
    // stream and its last, that has finished before the one in between has.
    this.stream.loop.setImmediate(() => this.#shut(finished));
  }

  #shut(finished: Written): void {
    if (this.#isOver || !sentAll(this.stream)) {
      this.finish(finished);
      return;
    }
    this.#ended = true;
    this.stream.end();
    finished();
  }

  /** Sends what comes between the end of the Duplex and that of the stream. */
  sendsLast(bytes: Uint8Array): boolean {
    if (this.#ended || !this.stream.open) return false;
    this.stream.write(bytes);
    return true;
  }

  /** Closes the stream; what waits in it is dropped. */
  destroy(error: Error | null, closed: Written): void {
    if (this.#isOver) {
      closed(error);
      return;
    }
    this.#cause = error;
    this.#closing = closed;
    this.stream.destroy(error ?? undefined);
  }
}

/**
 * Whether the next chunk is the listeners' at once, as `push` would find as well; but `push` has
 * the host look for more to read after each chunk, in a tick of its own, and here more comes
 * by itself.
 */
function flows(duplex: Duplex): boolean {
  return (
    duplex.readableFlowing === true &&
    duplex.readableLength === 0 &&
    duplex.readableDidRead &&
    duplex.readableEncoding === null &&
    !duplex.destroyed
  );
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
