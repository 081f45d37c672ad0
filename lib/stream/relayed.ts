// A stream that a relay has: the relay is told in the place of the stream's handlers, and of what
// the poller says while it moves the bytes inside the kernel (the flag RELAYED). Here is what a
// stream asks of a relay, and how it is lent and given back; lib/relay/ is the relay.
import type { Handle } from '../loop/handle.js';
import { updateInterest } from './base.js';
import { deliverUnread } from './detaching.js';
import {
  CONNECTING,
  END_FOLLOWS,
  FLOWS_IN,
  FLOWS_OUT,
  HELD,
  KEEPS,
  PAUSED,
  READ_ENDED,
  RELAYED,
  WRITE_ENDED,
} from './flags.js';
import type { MovedBytes, Relaying, StreamGroup } from './group.js';
import { type Handlers, NO_HANDLERS } from './handlers.js';
import { setReading } from './input.js';
import type { Stream } from './stream.js';
import { keepUnread, takeUnread } from './unread.js';

/**
 * What a stream has for its group meanwhile. A class, where a copy with other members would do: the
 * settings it comes of are of no prototype, and engines look up each member of such a copy by name.
 */
class RelayedGroup implements StreamGroup {
  readonly relaying: Relaying;
  readonly handlers: Handlers<Handle>;
  readonly allowHalfOpen = true;
  readonly chunks = 'borrow';
  copies = false;
  readonly owner: StreamGroup['owner'];
  readonly transfer: StreamGroup['transfer'];
  readonly output: StreamGroup['output'];
  readonly highWaterMark: number;
  readonly maxBufferedBytes: number;
  readonly noDelay: boolean;
  readonly signal: AbortSignal | undefined;
  readonly idleTimeoutMs: number | undefined;

  constructor(group: StreamGroup, relaying: Relaying, handlers: Handlers<Handle>) {
    this.relaying = relaying;
    this.handlers = handlers;
    this.owner = group.owner;
    this.transfer = group.transfer;
    this.output = group.output;
    this.highWaterMark = group.highWaterMark;
    this.maxBufferedBytes = group.maxBufferedBytes;
    this.noDelay = group.noDelay;
    this.signal = group.signal;
    this.idleTimeoutMs = group.idleTimeoutMs;
  }
}

/** A stream as it was before a relay had it. */
export interface Lent {
  readonly group: StreamGroup;
  /** Ends that are none, of halves for which the other stream has no counterpart. */
  readonly closedHalves: number;
}

/** Which halves move bytes still. The end that a socket has read is yet to be passed on. */
export function openHalves({ flags, group }: Stream): { readable: boolean; writable: boolean } {
  return {
    readable: group.transfer.isSocket || (flags & READ_ENDED) === 0,
    writable: (flags & WRITE_ENDED) === 0,
  };
}

/**
 * From here on `handlers` are told, and `relaying` has the stream. What was kept of it is handed
 * to `handlers.data`; then comes what is read, if the stream is not RELAYED.
 *
 * @param closedHalves READ_ENDED or WRITE_ENDED: a half that is of no use to the other stream
 */
export function lend(
  stream: Stream,
  relaying: Relaying,
  handlers: Handlers<Handle>,
  closedHalves: number,
): Lent {
  const { group } = stream;
  stream.group = new RelayedGroup(group, relaying, handlers);
  const added = closedHalves & ~stream.flags;
  stream.flags |= added;
  return { group, closedHalves: added };
}

/** Hands on what was kept, or read by this batch, before the relay had it; then it is read. */
export function passUnread(stream: Stream): void {
  const chunks = (stream.flags & KEEPS) !== 0 ? takeUnread(stream) : [];
  stream.flags &= ~(KEEPS | END_FOLLOWS | HELD | PAUSED);
  for (const chunk of chunks) stream.group.handlers.data?.(stream, chunk);
  deliverUnread(stream);
  setReading(stream, true);
}

/** Its bytes move inside the kernel from here on, and the batched read leaves it alone. */
export function leaveToKernel(stream: Stream): void {
  setReading(stream, false);
  stream.flags |= RELAYED;
}

/**
 * They do not any more.
 *
 * @param moved what did so far
 */
export function takeFromKernel(stream: Stream, { read, written }: MovedBytes): void {
  setFlowsIn(stream, false, -1);
  setFlowsOut(stream, false);
  stream.flags &= ~RELAYED;
  stream.readBytes += read;
  stream.writtenBytes += written;
}

/**
 * The relay waits for what there is to read of it, or does not any more.
 *
 * @param reference what the crossing moves then: a flow of lib/relay/words.ts; -1: nothing
 */
export function setFlowsIn(stream: Stream, on: boolean, reference: number): void {
  if (!setFlag(stream, FLOWS_IN, on) || !stream.active) return;
  stream.loop.table.setReadFd(stream.slot, on ? reference : -1);
  updateInterest(stream);
}

/** The relay waits for room to write to it, or does not any more. */
export function setFlowsOut(stream: Stream, on: boolean): void {
  if (!setFlag(stream, FLOWS_OUT, on)) return;
  if (stream.active) updateInterest(stream);
  // Until it is sent the loop is alive, as with any output.
  stream.setWorking(on || stream.queue !== undefined || (stream.flags & CONNECTING) !== 0);
}

/** Whether that changed it. */
function setFlag(stream: Stream, flag: number, on: boolean): boolean {
  if (((stream.flags & flag) !== 0) === on) return false;
  stream.flags ^= flag;
  return true;
}

/** The stream is as it was, and its handlers are told again, if it is open. */
export function giveBack(stream: Stream, { group, closedHalves }: Lent): void {
  stream.group = group;
  if (!stream.active) return;
  stream.flags &= ~(HELD | closedHalves);
  if (group.handlers === NO_HANDLERS) keepUnread(stream);
  setReading(stream, true);
}
