// The reading half of a stream: what the batched read brought is handed on, kept while
// the socket is paused, or ends it.
//
// Errors of recv(2), and what each does: EAGAIN, nothing; EINTR is retried in native code;
// ENOBUFS and ENOMEM, it is read again a little later; any other closes and is told.
// SO_ERROR tells what came while nothing is read or written; if it cannot be asked, that is
// told as getsockopt's.
import { native } from '../binding/index.js';
import { REFERENCED, setRetaining } from '../loop/handle-flags.js';
import { EMPTY_RECORD, LARGE_RECORD } from '../loop/layout.js';
import { constant } from '../raw/constants.js';
import { codedError, withoutStack } from '../raw/errors.js';
import { hasOutput, updateInterest } from './base.js';
import {
  END_FOLLOWS,
  HELD,
  KEEPS,
  NOT_READING,
  PAUSED,
  READ_ENDED,
  READING,
  REF_WHILE_READING,
  RELAYED,
  RESTING,
  STASHED,
  WRITE_ENDED,
} from './flags.js';
import { enter } from './handlers.js';
import type { StreamOutput } from './output.js';
import { isPromise, notePromise, settle } from './promised.js';
import { type ReceivedDescriptors, receivedWith } from './received.js';
import { isOutOfMemory } from './sending.js';
import type { Transfer } from './transfer.js';
import { addUnread, endUnread, isUnread } from './unread.js';

const SOL_SOCKET = constant('SOL_SOCKET');
const SO_ERROR = constant('SO_ERROR');
const EPIPE = -constant('EPIPE');
const EMSGSIZE = -constant('EMSGSIZE');
const REST_MS = 5;
/** A record without any. */
export const NO_BYTES = new Uint8Array(0);
/** Of a record: far above what the kernel takes of a peer without privileges. */
const MAX_RECORD = 64 * 2 ** 20;

// What few sockets ever have stands beside them, so that an idle one stays small.
const stashes = new WeakMap<StreamOutput, Stash>();

interface Stash {
  readonly chunk: Uint8Array;
  readonly fds: ReceivedDescriptors | undefined;
}

function takeStash(stream: StreamOutput): Stash | undefined {
  const kept = stashes.get(stream);
  stashes.delete(stream);
  kept?.fds?.disownedBy(stream.loop);
  return kept;
}

/** What was kept is not to be delivered. */
export function dropStash(stream: StreamOutput): void {
  if ((stream.flags & STASHED) !== 0) takeStash(stream)?.fds?.closeRest();
}

/** Reads, unless paused, ended or not connected yet. */
export function setReading(stream: StreamOutput, wanted: boolean): void {
  if ((stream.flags & RELAYED) !== 0) {
    stream.group.relaying?.changed(stream);
    return;
  }
  const on = wanted && stream.active && (stream.flags & NOT_READING) === 0;
  if (on === ((stream.flags & READING) !== 0)) return;
  stream.flags ^= READING;
  if ((stream.flags & REF_WHILE_READING) !== 0) setRetaining(stream, REFERENCED, on);
  stream.loop.streams.readers += on ? 1 : -1;
  if (!stream.active) return;
  stream.loop.table.setReadFd(stream.slot, on ? stream.handleFd : -1);
  updateInterest(stream);
}

/** What was read; undefined when it is lost, and the stream with it. */
export function chunkOf(stream: StreamOutput, index: number): Uint8Array | undefined {
  try {
    return stream.loop.streams.chunk(index);
  } catch {
    // An earlier handler of this batch transferred the slab's memory away.
    const message = 'a handler detached the memory that was read into';
    stream.destroy(withoutStack(() => codedError(Error, 'ERR_CHUNK_DETACHED', message)));
    return undefined;
  }
}

/** Another handler of this batch paused this stream after its bytes were read. */
export function stash(
  stream: StreamOutput,
  chunk: Uint8Array,
  fds: ReceivedDescriptors | undefined,
): void {
  stream.flags |= STASHED;
  stashes.set(stream, { chunk: chunk.slice(), fds });
  fds?.ownedBy(stream.loop);
}

export function unstash(stream: StreamOutput): void {
  if ((stream.flags & PAUSED) === 0) deliverStash(stream);
}

/** What a pause left behind is told now, paused or not. */
export function deliverStash(stream: StreamOutput): void {
  if (!stream.active) return;
  const kept = takeStash(stream);
  if (kept === undefined) return;
  stream.flags &= ~STASHED;
  setReading(stream, true);
  deliver(stream, kept.chunk, kept.fds);
}

export function deliver(
  stream: StreamOutput,
  chunk: Uint8Array,
  fds: ReceivedDescriptors | undefined,
): void {
  if (fds === undefined) {
    tell(stream, chunk, undefined);
    return;
  }
  try {
    tell(stream, chunk, fds);
  } finally {
    fds.closeRest();
  }
}

function tell(stream: StreamOutput, chunk: Uint8Array, fds: ReceivedDescriptors | undefined): void {
  if ((stream.flags & KEEPS) !== 0) {
    if (addUnread(stream, chunk)) hold(stream);
    return;
  }
  const { group } = stream;
  enter(stream, 'data');
  const result = group.handlers.data?.(stream, group.copies ? chunk.slice() : chunk, fds);
  if (typeof result === 'object' || typeof result === 'function') goesOn(stream, result);
}

/** Reads no more until some of what is kept is taken. */
function hold(stream: StreamOutput): void {
  stream.flags |= HELD;
  setReading(stream, false);
}

/** There is room again for what is kept. */
export function unhold(stream: StreamOutput): void {
  if ((stream.flags & HELD) === 0) return;
  stream.flags &= ~HELD;
  setReading(stream, true);
}

/** A data handler may go on after its call: it keeps its chunk, and gets copies from now on. */
function goesOn(stream: StreamOutput, result: unknown): void {
  if (!isPromise(result)) return;
  const { group, loop } = stream;
  if (!group.copies && group.chunks === undefined) {
    group.copies = true;
    notePromise(group.handlers);
    loop.streams.leaveSlab();
  }
  settle(stream, result);
}

/** What a read brought that is no bytes. */
export function readNoBytes(stream: StreamOutput, index: number, result: number): void {
  const { streams } = stream.loop;
  if (result === EMPTY_RECORD) {
    const fds = receivedWith(stream.loop, index);
    if ((stream.flags & PAUSED) !== 0) stash(stream, NO_BYTES, fds);
    else deliver(stream, NO_BYTES, fds);
  } else if (result === LARGE_RECORD) {
    if (streams.makeRoom(index) > MAX_RECORD) stream.fail(EMSGSIZE, stream.group.transfer.readCall);
  } else {
    streams.passed.drop(index);
    readFailed(stream, result);
  }
}

/** The end, or an error. */
export function readFailed(stream: StreamOutput, result: number): void {
  if (isOutOfMemory(result)) {
    rest(stream);
    return;
  }
  const { transfer } = stream.group;
  if (result < 0 && result !== transfer.endsWith) {
    stream.fail(result, transfer.readCall);
    return;
  }
  // Paused meanwhile: the end is still there when it reads again.
  if ((stream.flags & PAUSED) !== 0) return;
  stream.flags |= READ_ENDED;
  setReading(stream, false);
  // Before it is told to who iterates: he may answer yet.
  const waits = isUnread(stream);
  if (waits) stream.flags |= END_FOLLOWS;
  endUnread(stream);
  try {
    enter(stream, 'end');
    const returned = stream.group.handlers.end?.(stream);
    if (returned !== undefined) settle(stream, returned);
  } finally {
    if ((stream.flags & WRITE_ENDED) !== 0) stream.destroy();
    else if (!waits) endAsPeer(stream);
  }
}

/** The peer has ended: so do we, unless the program said that it will. */
export function endAsPeer(stream: StreamOutput): void {
  stream.flags &= ~END_FOLLOWS;
  if (!stream.group.allowHalfOpen && stream.active) stream.endOutput();
}

/** Reads no more for a moment. */
function rest(stream: StreamOutput): void {
  stream.flags |= RESTING;
  setReading(stream, false);
  const again = () => {
    stream.flags &= ~RESTING;
    setReading(stream, true);
  };
  const timer = stream.loop.setTimeout(again, REST_MS);
  // The stream keeps the loop alive, if it is to.
  timer.unref();
}

/**
 * Nobody reads any more what is written: there is no SO_ERROR to ask, and what a write would
 * say is known. See POLLERR in poll(2), and for terminals pty(7).
 */
function nobodyReads(stream: StreamOutput, { endsWith, writeCall }: Transfer): void {
  stream.fail(endsWith === 0 ? EPIPE : endsWith, writeCall);
}

/** Something happened while nothing is read: the peer's reset, most likely. */
export function askForError(stream: StreamOutput): void {
  const { transfer } = stream.group;
  if (!transfer.isSocket) {
    // Who reads again finds by reading what it was: an orderly end, for a terminal. Who has read it,
    // and has nothing to write, ends once what it kept is taken.
    const endsSoon = (stream.flags & END_FOLLOWS) !== 0 && !hasOutput(stream);
    if ((stream.flags & READ_ENDED) !== 0 && !endsSoon) nobodyReads(stream, transfer);
    return;
  }
  const error = native.getsockopt(stream.handleFd, SOL_SOCKET, SO_ERROR);
  if (error === 0) return;
  const call = (stream.flags & READ_ENDED) !== 0 ? transfer.writeCall : transfer.readCall;
  if (error < 0) stream.fail(error, 'getsockopt');
  else stream.fail(-error, call);
}
