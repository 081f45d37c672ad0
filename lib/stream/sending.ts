// What a stream could not send yet: bounded by the limits of socket, server and loop,
// sent when the socket is writable, work that keeps the loop alive until then.
//
// Errors of send(2) on a stream, and what each does:
// - EAGAIN: waits for writability. EINTR is retried in native code.
// - ENOBUFS, ENOMEM: the kernel is short of memory for now; ETOOMANYREFS: it has as many
//   descriptors on their way as it may. Nothing is lost: it is tried again after 5 ms to 1 s.
// - all others (ECONNRESET, EPIPE, ETIMEDOUT, EHOSTUNREACH, EPERM, ...): the connection is
//   over; it closes and tells.
import type { OutputLimit } from '../loop/output-limits.js';
import { constant } from '../raw/constants.js';
import { codedError, withoutStack } from '../raw/errors.js';
import { type StreamBase, tooMuch, updateInterest } from './base.js';
import { CONNECTING, RELAYED, RETRYING } from './flags.js';
import { PART_WEIGHT, type Part, PartedQueue } from './parted-queue.js';
import { closeHeld, sendPassing } from './passing.js';
import { GONE, type Outgoing } from './queue.js';
import { weightOfAll } from './unix-queues.js';

const EAGAIN = -constant('EAGAIN');
const ENOBUFS = -constant('ENOBUFS');
const ENOMEM = -constant('ENOMEM');
const ETOOMANYREFS = -constant('ETOOMANYREFS');

/** One socket's share of a turn: others are due as well. */
const MAX_SENDS = 32;
const FIRST_RETRY_MS = 5;
const MAX_RETRY_MS = 1000;

/** Whether the kernel is short of something that comes back. */
export function isOutOfMemory(result: number): boolean {
  return result === ENOBUFS || result === ENOMEM || result === ETOOMANYREFS;
}

/** The pause after one of `ms`. */
export function nextRetryMs(ms: number): number {
  return Math.min(Math.max(ms * 2, FIRST_RETRY_MS), MAX_RETRY_MS);
}

/**
 * Queues a copy of `bytes`, or `bytes` themselves; or closes the stream, as a limit would be passed.
 *
 * @param moves whether the peer took something just now
 * @param fds what goes with the first of them; the queue's once this returns true
 * @param copies false: see `Outgoing.keep`, which the stream's transfer allows
 */
export function enqueue(
  stream: StreamBase,
  bytes: Uint8Array,
  moves: boolean,
  fds?: readonly number[],
  copies = true,
): boolean {
  const more = bytes.length + weightOfAll(fds);
  const needed = copies ? more - (stream.queue?.room ?? 0) : more;
  if (!mayQueue(stream, more, needed, moves)) return false;
  const { output } = stream.group;
  const queue = stream.queue ?? beginQueue(stream);
  const before = queue.held;
  if (fds !== undefined) queue.attach?.(fds);
  if (copies) {
    const freeOfLoop = freeOf(stream.loop.output);
    const free = output === undefined ? freeOfLoop : Math.min(freeOfLoop, freeOf(output));
    queue.push(bytes, Math.max(0, free - needed));
  } else queue.keep(bytes);
  hold(stream, queue.held - before);
  updateInterest(stream);
  return true;
}

/** Queues what is no bytes behind all that was written; or closes the stream, as `enqueue`. */
export function enqueuePart(stream: StreamBase, part: Part): boolean {
  if (!mayQueue(stream, PART_WEIGHT, PART_WEIGHT, false)) return false;
  const queue = stream.queue ?? beginQueue(stream);
  const before = queue.held;
  const parted =
    queue instanceof PartedQueue ? queue : new PartedQueue(queue, stream.group.transfer.newQueue);
  parted.add(part);
  stream.queue = parted;
  hold(stream, parted.held - before);
  updateInterest(stream);
  return true;
}

/**
 * Whether no limit is in the way of `more` bytes, of which `needed` take memory. Else the stream is
 * closed.
 */
function mayQueue(stream: StreamBase, more: number, needed: number, moves: boolean): boolean {
  if (!stream.active) return false;
  const { loop, group } = stream;
  const waiting = stream.queue?.weight ?? 0;
  if (waiting + more > group.maxBufferedBytes) {
    const limit = `more than ${group.maxBufferedBytes} bytes would be queued for this peer`;
    stream.destroy(tooMuch(`${limit}: ${waiting} wait, ${more} came`));
    return false;
  }
  const { output } = group;
  if (output !== undefined) makeRoom(stream, output, needed, moves);
  makeRoom(stream, loop.output, needed, moves);
  return stream.active;
}

/** Says that `bytes` of what is queued are with the kernel, by a request. */
export function wentOut(stream: StreamBase, queue: Outgoing, bytes: number): void {
  const before = queue.held;
  queue.shift(bytes);
  hold(stream, queue.held - before);
}

function freeOf(limit: OutputLimit): number {
  return limit.maxBytes - limit.heldBytes;
}

function makeRoom(stream: StreamBase, limit: OutputLimit, bytes: number, moves: boolean): void {
  if (limit.heldBytes + bytes <= limit.maxBytes || !stream.active) return;
  const isLoops = limit === stream.loop.output;
  const counts = (other: unknown) => isLoops || (other as StreamBase).group.output === limit;
  stream.loop.output.makeRoom(limit, { holder: stream, bytes, moves }, counts);
}

function beginQueue(stream: StreamBase): Outgoing {
  const queue = stream.group.transfer.newQueue();
  stream.queue = queue;
  stream.loop.output.add(stream);
  stream.setWorking(true);
  // What comes for it from now on is behind what is queued.
  if ((stream.flags & RELAYED) !== 0) stream.group.relaying?.changed(stream);
  return queue;
}

/** Its memory counts for its server and for its loop. */
function hold(stream: StreamBase, bytes: number): void {
  stream.loop.output.heldBytes += bytes;
  const { output } = stream.group;
  if (output !== undefined) output.heldBytes += bytes;
}

/** Everything was sent, or is not to be. */
export function dropQueue(stream: StreamBase): void {
  const { queue } = stream;
  if (queue === undefined) return;
  hold(stream, -queue.held);
  closeHeld(stream, queue.takeDescriptors());
  stream.loop.output.remove(stream);
  stream.queue = undefined;
  stream.setWorking((stream.flags & CONNECTING) !== 0);
}

/** The error of bytes that were kept, and are no more. */
export function outputDetached(): Error {
  const message =
    'memory written with { copy: false } was detached or made smaller before it was sent';
  return withoutStack(() => codedError(Error, 'ERR_STREAM_OUTPUT_DETACHED', message));
}

/** Sends what the kernel takes; how many bytes. The queue stays, also when it is empty. */
export function sendQueue(stream: StreamBase, queue: Outgoing): number {
  const before = queue.held;
  let sentBytes = 0;
  let result = 0;
  let isGone = false;
  for (let i = 0; i < MAX_SENDS; i++) {
    const bytes = queue.first();
    isGone = bytes === GONE;
    if (bytes === undefined || isGone) break;
    const { descriptors } = queue;
    result =
      descriptors === undefined
        ? stream.group.transfer.send(stream.handleFd, bytes)
        : sendPassing(stream.handleFd, bytes, descriptors);
    if (result < 0) break;
    queue.shift(result);
    if (descriptors !== undefined) closeHeld(stream, descriptors);
    sentBytes += result;
    if (result < bytes.length) break;
  }
  if (result >= 0 && queue.move !== undefined) result = queue.move();
  hold(stream, queue.held - before);
  if (sentBytes > 0) queue.retryMs = 0;
  if (isGone) stream.destroy(outputDetached());
  else if (result < 0 && result !== EAGAIN) sendFailed(stream, result);
  return sentBytes;
}

/** A send of what is queued failed. */
export function sendFailed(stream: StreamBase, result: number): void {
  const { queue } = stream;
  if (!isOutOfMemory(result) || queue === undefined) {
    stream.fail(result, stream.group.transfer.writeCall);
    return;
  }
  queue.retryMs = nextRetryMs(queue.retryMs);
  stream.flags |= RETRYING;
  updateInterest(stream);
  const again = () => {
    stream.flags &= ~RETRYING;
    updateInterest(stream);
  };
  // The queue keeps the loop alive, not the timer: the stream may close meanwhile.
  stream.loop.setTimeout(again, queue.retryMs).unref();
}
