// What has to be so before a stream may give its descriptor back: nothing is on its way in
// either direction. What was read from the kernel cannot be put back, so it is told first; what
// was written and the kernel did not take cannot go with the descriptor, so it has to be sent.
import { handleClosed, stillConnecting } from '../loop/errors.js';
import { EMPTY_RECORD, LARGE_RECORD, NOT_READ } from '../loop/layout.js';
import { constant } from '../raw/constants.js';
import { codedError } from '../raw/errors.js';
import { CONNECTING, NEED_DRAIN } from './flags.js';
import { chunkOf, deliverStash, NO_BYTES, readFailed, stash } from './input.js';
import type { StreamOutput } from './output.js';
import { receivedWith } from './received.js';
import { invalidState } from './unread.js';

/** What a read brought that takes nothing from the kernel. */
const LEFT: ReadonlySet<number> = new Set([NOT_READ, LARGE_RECORD, -constant('EAGAIN')]);

/**
 * Tells and sends what there is. If it throws the stream goes on.
 *
 * @throws Error ERR_HANDLE_CLOSED, ERR_INVALID_STATE (a relay has it), ERR_STREAM_CONNECTING,
 *   ERR_STREAM_OUTPUT_QUEUED; what a `data` handler throws
 */
export function prepareDetach(stream: StreamOutput): void {
  if (!stream.active) throw handleClosed(stream.kind);
  if (stream.group.relaying !== undefined) {
    throw invalidState(`a relay has the ${stream.kind}: its stop() gives it back`);
  }
  if ((stream.flags & CONNECTING) !== 0) throw stillConnecting('detach in open');
  checkQueue(stream);
  stream.enter(() => deliverUnread(stream));
  if (stream.active) stream.loop.flush();
  // A handler closed it, or what was read or sent was its end.
  if (!stream.active) throw handleClosed(stream.kind);
  checkQueue(stream);
}

function checkQueue(stream: StreamOutput): void {
  // Not by its bytes: an empty record may wait as well.
  if (stream.queue === undefined) return;
  // Also where `write` has not said false: there is somebody who waits for it.
  stream.flags |= NEED_DRAIN;
  const message = `${stream.bufferedBytes} bytes of output wait for the peer: detach in drain`;
  throw codedError(Error, 'ERR_STREAM_OUTPUT_QUEUED', message);
}

/** What this batch, or one before a pause, has read. Also while it is paused. */
export function deliverUnread(stream: StreamOutput): void {
  const index = stream.loop.undispatched(stream);
  if (index >= 0) takeRecord(stream, index);
  deliverStash(stream);
}

/**
 * Takes what record `index` has read out of the batch before it is told: the handler may detach
 * by itself, or have the batch go on.
 */
function takeRecord(stream: StreamOutput, index: number): void {
  const { streams } = stream.loop;
  const result = streams.result(index);
  // Nothing, an end, or what was too large: all of it is there for who reads next as well.
  const isLeft = result === 0 || LEFT.has(result) || result === stream.group.transfer.endsWith;
  if (isLeft) return;
  if (result > 0 || result === EMPTY_RECORD) stashRecord(stream, index);
  else readFailed(stream, result);
  streams.forget(index);
}

/** Keeps what record `index` has read, as if the stream was paused. */
function stashRecord(stream: StreamOutput, index: number): void {
  const { loop } = stream;
  const fds = receivedWith(loop, index);
  const isEmpty = loop.streams.result(index) === EMPTY_RECORD;
  const chunk = isEmpty ? NO_BYTES : chunkOf(stream, index);
  if (chunk === undefined) {
    fds?.closeRest();
    return;
  }
  stream.bytesRead += chunk.length;
  stash(stream, chunk, fds);
}
