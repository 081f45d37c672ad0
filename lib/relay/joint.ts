// What joins two streams: it is told by both in the place of their handlers, and ends them. The end
// of one is the end of the other's output (direction.ts); what closes one otherwise closes the
// other, an error by a reset; and `stop` gives both back. relay.ts is its public face.
import { abortError } from '../base/abort.js';
import { native } from '../binding/index.js';
import { endingOnAbort } from '../loop/when-closed.js';
import { Interest, Ready } from '../poller/interest.js';
import { constant } from '../raw/constants.js';
import { codedError, withoutStack } from '../raw/errors.js';
import { FLOWS_IN, FLOWS_OUT, READ_ENDED, TOLD, WRITE_ENDED } from '../stream/flags.js';
import type { MovedBytes, Relaying } from '../stream/group.js';
import { sentAll } from '../stream/handed-over.js';
import type { Handlers } from '../stream/handlers.js';
import { unwatchIdle, watchIdle } from '../stream/idle-limit.js';
import { askForError, setReading } from '../stream/input.js';
import {
  giveBack,
  type Lent,
  leaveToKernel,
  lend,
  openHalves,
  passUnread,
  takeFromKernel,
} from '../stream/relayed.js';
import type { Stream } from '../stream/stream.js';
import { Direction, type Joining } from './direction.js';
import { Idleness } from './idleness.js';
import type { RelaySettings } from './options.js';
import { isSpliceable, type Pipes, pipesOf } from './pipes.js';
import { proxyHeader } from './proxy-header.js';

const SOL_SOCKET = constant('SOL_SOCKET');
const SO_LINGER = constant('SO_LINGER');
const LINGER_NONE = new Int32Array([1, 0]);
const FAILED = Ready.ERROR | Ready.HANGUP;

/** By which way the bytes are to move, where there is a choice. */
export type Way = 'splice' | 'copy';

/** What is over: nothing was thrown, and nobody has to wait any more. */
export type Told = (error: Error | undefined) => void;

export class Joint implements Relaying, Joining, Handlers<Stream> {
  readonly a: Stream;
  readonly b: Stream;
  readonly fromA: Direction;
  readonly fromB: Direction;
  /** Whether the bytes move inside the kernel; at the end, whether they did. */
  splices = false;
  /** Those through which they move. */
  #pipes: Pipes | undefined;
  /** The first error that ended one of both. */
  error: Error | undefined = undefined;
  isOver = false;
  readonly #settings: RelaySettings;
  readonly #told: Told;
  readonly #lent = new Map<Stream, Lent>();
  #idleness: Idleness | undefined;
  #stopListening: (() => void) | undefined;

  constructor(a: Stream, b: Stream, settings: RelaySettings, told: Told) {
    this.a = a;
    this.b = b;
    this.#settings = settings;
    this.#told = told;
    this.fromA = new Direction(a, b, this);
    this.fromB = new Direction(b, a, this);
  }

  /** Bytes that came from one and wait for the peer of the other. */
  get bufferedBytes(): number {
    return this.fromA.waitingBytes + this.fromB.waitingBytes;
  }

  /** How many bytes may still come, of both together. */
  get leftBytes(): number {
    return this.#settings.maxBytes - this.fromA.bytes - this.fromB.bytes;
  }

  /** From here on it has both. */
  begin(way: Way): void {
    const { a, b } = this;
    const { proxyHeader: version } = this.#settings;
    const ends = [a, b].filter(({ flags }) => (flags & READ_ENDED) !== 0);
    const splices = way === 'splice' && isSpliceable(a) && isSpliceable(b);
    if (version !== undefined) b.write(proxyHeader(version, a));
    const [ofA, ofB] = [openHalves(a), openHalves(b)];
    this.#lend(a, ofB);
    this.#lend(b, ofA);
    if (splices) this.#enterKernel();
    this.#limit();
    for (const stream of [a, b]) passUnread(stream);
    // What was read before now is passed on, and its end behind it.
    for (const stream of ends) if (stream.group.transfer.isSocket) this.end(stream);
    this.changed();
  }

  /** What the other stream has no counterpart for counts as ended: nothing waits for it. */
  #lend(stream: Stream, ofOther: { readable: boolean; writable: boolean }): void {
    const closedHalves = (ofOther.writable ? 0 : READ_ENDED) | (ofOther.readable ? 0 : WRITE_ENDED);
    this.#lent.set(stream, lend(stream, this, this, closedHalves));
  }

  #limit(): void {
    const { idleTimeoutMs, signal } = this.#settings;
    if (idleTimeoutMs !== undefined) {
      const end = (error: Error) => this.destroy(error);
      this.#idleness = new Idleness(idleTimeoutMs, [this.fromA, this.fromB], end);
      watchIdle(this.#idleness);
    }
    if (signal !== undefined) this.#stopListening = endingOnAbort(this, signal, destroyBy);
  }

  // ---- while the bytes stay in the kernel ---------------------------------------------

  #enterKernel(): void {
    const pipes = pipesOf(this.a.loop);
    this.#pipes = pipes;
    this.splices = true;
    pipes.join();
    for (const direction of [this.fromA, this.fromB]) direction.enterKernel(pipes);
    for (const stream of [this.a, this.b]) leaveToKernel(stream);
  }

  /** What they have moved is the streams' own count from here on. */
  #leaveKernel(): void {
    const pipes = this.#pipes;
    if (pipes === undefined) return;
    this.#pipes = undefined;
    for (const stream of [this.a, this.b]) takeFromKernel(stream, this.moved(stream));
    for (const direction of [this.fromA, this.fromB]) direction.leaveKernel();
    pipes.leave();
  }

  /** What the poller says, and the crossing has not seen to. */
  ready(stream: Stream, events: number): void {
    stream.loop.streams.handler = 'relay';
    const incoming = this.#to(stream);
    if ((events & ~Interest.READ) !== 0) {
      if (stream.queue !== undefined) {
        stream.sendQueued();
        if (stream.queue === undefined) incoming.update();
      } else if ((stream.flags & FLOWS_OUT) !== 0) incoming.move();
    }
    if (!stream.active) return;
    const outgoing = this.#from(stream);
    // Who is read says by that what is wrong with it.
    if ((stream.flags & FLOWS_IN) !== 0 || outgoing.isDue) outgoing.move();
    else if ((events & FAILED) !== 0) askForError(stream);
  }

  changed(): void {
    this.fromA.update();
    this.fromB.update();
  }

  moved(stream: Stream): MovedBytes {
    return { read: this.#from(stream).takenBytes, written: this.#to(stream).givenBytes };
  }

  #from(stream: Stream): Direction {
    return stream === this.a ? this.fromA : this.fromB;
  }

  #to(stream: Stream): Direction {
    return stream === this.a ? this.fromB : this.fromA;
  }

  /** The bytes cannot stay in the kernel, or there are no descriptors for a pipe. */
  copy(): void {
    if (!this.splices) return;
    this.#takeOut();
    for (const stream of [this.a, this.b]) setReading(stream, true);
  }

  /** What the kernel holds, or has said, is seen to. */
  #takeOut(): void {
    this.splices = false;
    for (const direction of [this.fromA, this.fromB]) {
      if (direction.isDue) direction.settle();
      direction.takeOut();
    }
    this.#leaveKernel();
  }

  // ---- what the streams tell ----------------------------------------------------------

  open(stream: Stream): unknown {
    return this.#before(stream).open?.(stream);
  }

  data(stream: Stream, chunk: Uint8Array): void {
    this.#from(stream).copy(chunk);
  }

  drain(stream: Stream): void {
    this.#to(stream).drained();
  }

  end(stream: Stream): void {
    this.#from(stream).end();
  }

  close(stream: Stream, error?: Error): void {
    if (!this.isOver) this.#ended(stream, error);
    this.#before(stream).close?.(stream, error);
  }

  #before(stream: Stream): Handlers<Stream> {
    return (this.#lent.get(stream) as Lent).group.handlers as Handlers<Stream>;
  }

  #ended(stream: Stream, error: Error | undefined): void {
    const { sink } = this.#from(stream);
    const hungUp = error !== undefined && hasHungUp(stream);
    if (!hungUp) this.error ??= error;
    if (error !== undefined && !hungUp) reset(sink, error);
    // The program has closed it: nothing it has sent is to be told.
    else if (!hungUp && (stream.flags & WRITE_ENDED) === 0) sink.destroy();
    else if (sink.active) this.#outlive(stream, sink);
    if ((sink.flags & TOLD) !== 0) this.#finish();
  }

  /** `stream` has ended in order: `sink` does as soon as it has sent all. */
  #outlive(stream: Stream, sink: Stream): void {
    // Nobody takes any more what it may send.
    sink.flags |= READ_ENDED;
    if ((sink.flags & WRITE_ENDED) !== 0) sink.destroy();
    else this.#from(stream).end();
    this.changed();
  }

  // ---- what ends it -------------------------------------------------------------------

  emptied(): void {
    if (this.leftBytes > 0) return;
    // Also what no `drain` would tell of: it waits below a queue's mark, or for the end of the turn.
    const waits = [this.a, this.b].filter((stream) => stream.active && !sentAll(stream));
    if (waits.length > 0 || this.bufferedBytes > 0) return;
    const message = `${this.#settings.maxBytes} bytes have passed (maxBytes)`;
    this.destroy(withoutStack(() => codedError(Error, 'ERR_RELAY_MAX_BYTES', message)));
  }

  destroy(error?: Error): void {
    if (this.isOver) return;
    for (const stream of [this.a, this.b]) {
      if (error === undefined) stream.destroy();
      else reset(stream, error);
    }
  }

  stop(): void {
    if (this.isOver) return;
    this.#takeOut();
    this.#finish();
  }

  #finish(): void {
    this.isOver = true;
    this.#leaveKernel();
    for (const [stream, lent] of this.#lent) giveBack(stream, lent);
    if (this.#idleness !== undefined) unwatchIdle(this.#idleness);
    this.#stopListening?.();
    this.#told(this.error);
  }
}

/** A terminal whose end was read takes nothing either, and says so: that is its end, no error. */
function hasHungUp({ flags, group }: Stream): boolean {
  return group.transfer.endsWith !== 0 && (flags & READ_ENDED) !== 0;
}

/** Closes it, and its peer hears that what it got is not all. */
function reset(stream: Stream, error: Error): void {
  if (!stream.active) return;
  if (stream.group.transfer.isSocket && stream.handleFd >= 0) {
    native.setsockopt(stream.handleFd, SOL_SOCKET, SO_LINGER, LINGER_NONE);
  }
  stream.destroy(error);
}

function destroyBy(joint: Joint, signal: AbortSignal): void {
  joint.destroy(abortError(signal));
}
