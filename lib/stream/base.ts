// What both halves of a stream know of it, and what they ask of it: the fields, how it
// fails, what it waits for. The halves are output.ts and input.ts; stream.ts is the whole.
import { closeIsAwaited } from '../loop/closed-promise.js';
import type { HandleLoop } from '../loop/contract.js';
import type { OutputLimit } from '../loop/output-limits.js';
import { Interest } from '../poller/interest.js';
import { codedError, type SystemErrorDetails, systemError, withoutStack } from '../raw/errors.js';
import { SocketHandle } from '../socket-options/handle.js';
import {
  CONNECTING,
  DRAIN_AWAITED,
  FLOWS_IN,
  FLOWS_OUT,
  KEEPS,
  OPEN_AWAITED,
  READING,
  RELAYED,
  RETRYING,
  TOLD,
} from './flags.js';
import type { MovedBytes, StreamGroup } from './group.js';
import type { Outgoing } from './queue.js';

// An OutputHolder; not said so, as the types of the package leave its members out.
/** What both halves of a stream stand on. */
export abstract class StreamBase extends SocketHandle {
  /** @internal Another one once the stream is handed over. */ group: StreamGroup;
  /** @internal What the kernel did not take yet. */ queue: Outgoing | undefined;
  /** @internal Without those that a relay moves inside the kernel. */ readBytes = 0;
  /** @internal The same of those taken. */ writtenBytes = 0;
  /** @internal What `close` is to tell. */ failure: Error | undefined = undefined;

  /** @internal */
  constructor(loop: HandleLoop, group: StreamGroup) {
    super(loop);
    this.group = group;
  }

  /** Bytes read so far. */
  get bytesRead(): number {
    return this.readBytes + (movedBytes(this)?.read ?? 0);
  }

  /** Bytes taken by `write` so far; some may still be queued. */
  get bytesWritten(): number {
    return this.writtenBytes + (movedBytes(this)?.written ?? 0);
  }

  /** Drops what is queued and closes. Idempotent. */
  abstract destroy(error?: Error): void;

  /** @internal What was kept for `for await` is taken, so that there is room for more. */
  abstract readOn(): void;

  /** @internal `for await` has come to the peer's end. */
  abstract allWasRead(): void;

  /**
   * @internal Closes, as `call` gave `result`, -errno. The error is made where somebody
   * hears of it: a connection that is reset is to cost little more than one that ends.
   */
  fail(result: number, call: string, details?: SystemErrorDetails): void {
    this.destroy(this.isHeard ? systemError(result, call, details) : undefined);
  }

  /** @internal Whether somebody hears why it ends. */
  get isHeard(): boolean {
    const awaits = (this.flags & (KEEPS | OPEN_AWAITED | DRAIN_AWAITED)) !== 0;
    return awaits || this.group.handlers.close !== undefined || closeIsAwaited(this);
  }

  /** @internal `close` is to tell it, unless it tells another; whether it will. */
  override noteError(error: Error): boolean {
    if ((this.flags & TOLD) !== 0 || this.failure !== undefined) return false;
    this.failure = error;
    return true;
  }

  /** The error that closed it, if one did, as `close` tells it. */
  override get error(): Error | undefined {
    return this.failure;
  }

  /** Bytes that wait for the peer. */
  get bufferedBytes(): number {
    return this.queue?.size ?? 0;
  }

  // ---- for the limits of server and loop --------------------------------------

  /** @internal */
  get heldBytes(): number {
    return this.queue?.held ?? 0;
  }

  /** @internal */
  abstract sendSome(): boolean;

  /** @internal */
  giveUp(limit: OutputLimit, bytes: number): void {
    const all = `more than ${limit.maxBytes} bytes of output would be queued in the ${limit.of}`;
    this.destroy(tooMuch(`${all} (maxBufferedBytes), ${bytes} of them for this peer`));
  }
}

/** What the relay that has the stream counts. */
function movedBytes(stream: StreamBase): MovedBytes | undefined {
  return (stream.flags & RELAYED) === 0 ? undefined : stream.group.relaying?.moved(stream);
}

/** Tells the poller what the stream waits for now. */
export function updateInterest(stream: StreamBase): void {
  // On its way, and without a descriptor yet.
  if (stream.handleFd < 0) return;
  const { flags, queue } = stream;
  let wanted = (flags & (READING | FLOWS_IN)) !== 0 ? Interest.READ : 0;
  const sends = queue !== undefined && (flags & RETRYING) === 0;
  if (sends || (flags & FLOWS_OUT) !== 0 || (flags & (CONNECTING | RETRYING)) === CONNECTING)
    wanted |= Interest.WRITE;
  // Nothing to do, paused or half open: that the peer resets it is to be seen all the
  // same. By the edge, as error and hangup last; without a condition where the poller
  // tells these unasked, and costs nothing until then.
  if (wanted === 0) {
    wanted = stream.loop.poller.supports.unasked ? Interest.EDGE : Interest.READ | Interest.EDGE;
  }
  stream.setInterest(wanted);
}

/** Whether there are bytes that the kernel was not given yet. */
export function hasOutput(stream: StreamBase): boolean {
  return stream.queue !== undefined || stream.loop.streams.isPending(stream.slot);
}

/** The error of a queue that would pass a limit. */
export function tooMuch(message: string): Error {
  return withoutStack(() => codedError(Error, 'ERR_STREAM_MAX_BUFFERED', message));
}
