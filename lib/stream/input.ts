// The reading half of a stream: what the batched read brought is handed on, kept while
// the socket is paused, or ends it.
//
// Errors of recv(2), and what each does: EAGAIN, nothing; EINTR is retried in native code;
// ENOBUFS and ENOMEM, it is read again a little later; any other closes and is told.
// SO_ERROR tells what came while nothing is read or written; if it cannot be asked, that is
// told as getsockopt's.
import { native } from '../binding/index.js';
import type { Socket } from '../net/socket.js';
import { constant } from '../raw/constants.js';
import { codedError, withoutStack } from '../raw/errors.js';
import {
  NOT_READING,
  PAUSED,
  READ_ENDED,
  READING,
  RESTING,
  STASHED,
  WRITE_ENDED,
} from './flags.js';
import { enter } from './handlers.js';
import { updateInterest } from './output.js';
import { isPromise, notePromise, settle } from './promised.js';
import { isOutOfMemory } from './sending.js';

const SOL_SOCKET = constant('SOL_SOCKET');
const SO_ERROR = constant('SO_ERROR');
const REST_MS = 5;

// What few sockets ever have stands beside them, so that an idle one stays small.
const stashes = new WeakMap<Socket, Uint8Array>();

/** What was kept is not to be delivered. */
export function dropStash(socket: Socket): void {
  if ((socket.flags & STASHED) !== 0) stashes.delete(socket);
}

/** Reads, unless paused, ended or not connected yet. */
export function setReading(socket: Socket, wanted: boolean): void {
  const on = wanted && socket.active && (socket.flags & NOT_READING) === 0;
  if (on === ((socket.flags & READING) !== 0)) return;
  socket.flags ^= READING;
  socket.loop.streams.readers += on ? 1 : -1;
  if (!socket.active) return;
  socket.loop.table.setReadFd(socket.slot, on ? socket.handleFd : -1);
  updateInterest(socket);
}

/** What was read; undefined when it is lost, and the stream with it. */
export function chunkOf(socket: Socket, index: number): Uint8Array | undefined {
  try {
    return socket.loop.streams.chunk(index);
  } catch {
    // An earlier handler of this batch transferred the slab's memory away.
    const message = 'a handler detached the memory that was read into';
    socket.destroy(withoutStack(() => codedError(Error, 'ERR_CHUNK_DETACHED', message)));
    return undefined;
  }
}

/** Another handler of this batch paused this socket after its bytes were read. */
export function stash(socket: Socket, chunk: Uint8Array): void {
  socket.flags |= STASHED;
  stashes.set(socket, chunk.slice());
}

export function unstash(socket: Socket): void {
  const chunk = stashes.get(socket);
  if (chunk === undefined || !socket.active || (socket.flags & PAUSED) !== 0) return;
  socket.flags &= ~STASHED;
  stashes.delete(socket);
  setReading(socket, true);
  deliver(socket, chunk);
}

export function deliver(socket: Socket, chunk: Uint8Array): void {
  const { group } = socket;
  enter(socket, 'data');
  const result = group.handlers.data?.(socket, group.copies ? chunk.slice() : chunk);
  if (typeof result === 'object' || typeof result === 'function') goesOn(socket, result);
}

/** A data handler may go on after its call: it keeps its chunk, and gets copies from now on. */
function goesOn(socket: Socket, result: unknown): void {
  if (!isPromise(result)) return;
  const { group, loop } = socket;
  if (!group.copies && group.chunks === undefined) {
    group.copies = true;
    notePromise(group.handlers);
    loop.streams.leaveSlab();
  }
  settle(socket, result);
}

/** The end, or an error. */
export function readFailed(socket: Socket, result: number): void {
  if (isOutOfMemory(result)) {
    rest(socket);
    return;
  }
  if (result < 0) {
    socket.fail(result, 'recv');
    return;
  }
  // Paused meanwhile: the end is still there when it reads again.
  if ((socket.flags & PAUSED) !== 0) return;
  socket.flags |= READ_ENDED;
  setReading(socket, false);
  try {
    enter(socket, 'end');
    const returned = socket.group.handlers.end?.(socket);
    if (returned !== undefined) settle(socket, returned);
  } finally {
    if ((socket.flags & WRITE_ENDED) !== 0) socket.destroy();
    else if (!socket.group.allowHalfOpen && socket.active) socket.endOutput();
  }
}

/** Reads no more for a moment. */
function rest(socket: Socket): void {
  socket.flags |= RESTING;
  setReading(socket, false);
  const again = () => {
    socket.flags &= ~RESTING;
    setReading(socket, true);
  };
  const timer = socket.loop.setTimeout(again, REST_MS);
  // The socket keeps the loop alive, if it is to.
  timer.unref();
}

/** Something happened while nothing is read: the peer's reset, most likely. */
export function askForError(socket: Socket): void {
  const error = native.getsockopt(socket.handleFd, SOL_SOCKET, SO_ERROR);
  if (error === 0) return;
  const call = (socket.flags & READ_ENDED) !== 0 ? 'send' : 'recv';
  if (error < 0) socket.fail(error, 'getsockopt');
  else socket.fail(-error, call);
}
