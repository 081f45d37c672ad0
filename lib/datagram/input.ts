// What a crossing brought of a datagram socket, handed on one by one; or kept, while the
// socket is paused. See recvmmsg(2), and IP_RECVERR in ip(7).
import { constant, constants } from '../raw/constants.js';
import { codedError, systemError, withoutStack } from '../raw/errors.js';
import { isPromise } from '../stream/promised.js';
import { ReceivedDescriptors } from '../stream/received.js';
import { isOutOfMemory } from '../stream/sending.js';
import {
  type DatagramAddress,
  detailsOf,
  RawDatagramAddress,
  UnixDatagramAddress,
} from './address.js';
import {
  type DatagramBase,
  enter,
  KEEPS,
  PAUSED,
  QUEUES_ERRORS,
  RESTING,
  STASHED,
  tellError,
  updateInterest,
} from './base.js';
import { infoOf } from './info.js';
import {
  ARRIVAL_ANCILLARY,
  ARRIVAL_ERROR,
  ARRIVAL_FLAGS,
  ARRIVAL_FROM,
  ARRIVAL_LENGTH,
  ARRIVAL_OFFSET,
  DESCRIPTORS,
  Flag,
  PEER_SIZE,
} from './layout.js';
import type { DatagramOutput } from './output.js';
import type { DatagramInfo } from './told.js';
import { addUnread } from './unread.js';

/** There is no such socket any more, or it can never receive. */
const FATAL = new Set(['EBADF', 'ENOTSOCK', 'EOPNOTSUPP', 'EINVAL', 'EFAULT'].map(constant));
/** Told once by a receive, and of a datagram that was sent before. */
const NETWORK = new Set(
  ['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'EMSGSIZE', 'EPROTO']
    .concat(['ENOPROTOOPT', 'EACCES', 'EOPNOTSUPP', 'ENETDOWN'])
    .flatMap((name) => constants[name] ?? []),
);
const REST_MS = 5;
/** Ready so often with nothing to receive: as often as others may have taken it before. */
const MAX_VAIN = 8;

/** Of a Unix socket that has no name, and cannot be answered. */
const UNNAMED = new UnixDatagramAddress('');
const NO_ADDRESS = new RawDatagramAddress(new Uint8Array(0));

interface Stashed {
  readonly chunk: Uint8Array;
  readonly from: DatagramAddress;
  readonly info: DatagramInfo;
}

// What few sockets ever have stands beside them.
const stashes = new WeakMap<DatagramBase, Stashed[]>();

/** The words at `at` of the arrivals, of ready record `index`, are this socket's next. */
export function arrived(socket: DatagramOutput, at: number, index: number): void {
  const { arrivals } = socket.exchange;
  const flags = arrivals[at + ARRIVAL_FLAGS] as number;
  if ((flags & Flag.IS_ERROR) !== 0) {
    failed(socket, at);
    return;
  }
  const fds = fdsAt(socket, at, index);
  const length = arrivals[at + ARRIVAL_LENGTH] as number;
  const chunk = chunkOf(socket, arrivals[at + ARRIVAL_OFFSET] as number, length);
  if (chunk === undefined) {
    fds?.closeRest();
    return;
  }
  const from = peerAt(socket, at);
  const info = infoOf(arrivals, at, fds);
  socket.datagramsRead++;
  socket.bytesRead += length;
  if (info.truncated) socket.truncated++;
  if ((socket.flags & (PAUSED | STASHED)) !== 0)
    stash(socket, { chunk: chunk.slice(), from, info });
  else deliver(socket, chunk, from, info);
}

/** The descriptors that came with it, or that some were lost. */
function fdsAt(socket: DatagramOutput, at: number, index: number): ReceivedDescriptors | undefined {
  const { arrivals } = socket.exchange;
  const count = arrivals[at + ARRIVAL_ANCILLARY + DESCRIPTORS] as number;
  const cut = ((arrivals[at + ARRIVAL_FLAGS] as number) & Flag.CONTROL_CUT) !== 0;
  if (count === 0 && !(cut && socket.family === 'unix')) return undefined;
  return new ReceivedDescriptors(socket.loop.streams.passed.takeSome(index, count), cut);
}

/** Who sent it. */
function peerAt(socket: DatagramOutput, at: number): DatagramAddress {
  const { arrivals, peers } = socket.exchange;
  if (arrivals[at + ARRIVAL_FROM + PEER_SIZE] !== 0)
    return peers.objectOf(arrivals, at + ARRIVAL_FROM);
  if (socket.family === 'unix') return UNNAMED;
  return socket.remote ?? NO_ADDRESS;
}

/** What was read; undefined when it is lost. */
function chunkOf(socket: DatagramOutput, offset: number, length: number): Uint8Array | undefined {
  try {
    return socket.loop.streams.chunkAt(offset, length);
  } catch {
    // An earlier handler of this batch transferred the slab's memory away.
    const message = 'a handler detached the memory that a datagram was read into';
    const error = withoutStack(() => codedError(Error, 'ERR_CHUNK_DETACHED', message));
    tellError(socket, error, undefined);
    return undefined;
  }
}

function deliver(
  socket: DatagramOutput,
  chunk: Uint8Array,
  from: DatagramAddress,
  info: DatagramInfo,
): void {
  if ((socket.flags & KEEPS) !== 0) {
    addUnread(socket, { chunk: chunk.slice(), from, info });
    return;
  }
  if (info.fds === undefined) {
    tell(socket, chunk, from, info);
    return;
  }
  try {
    tell(socket, chunk, from, info);
  } finally {
    info.fds.closeRest();
  }
}

function tell(
  socket: DatagramOutput,
  chunk: Uint8Array,
  from: DatagramAddress,
  info: DatagramInfo,
): void {
  enter(socket, 'message');
  const given = socket.copies ? chunk.slice() : chunk;
  const result = socket.handlers.message?.(socket as never, given, from, info);
  if (typeof result === 'object' || typeof result === 'function') goesOn(socket, result);
}

/** A handler may go on after its call: it keeps its chunk, and gets copies from now on. */
function goesOn(socket: DatagramOutput, result: unknown): void {
  if (!isPromise(result)) return;
  if (!socket.copies && socket.settings.chunks === undefined) {
    socket.copies = true;
    socket.loop.streams.leaveSlab();
  }
  socket.settle(result);
}

/** Told of one that was sent, or of the socket itself. */
function failed(socket: DatagramOutput, at: number): void {
  const { arrivals } = socket.exchange;
  const errno = arrivals[at + ARRIVAL_ERROR] as number;
  if (((arrivals[at + ARRIVAL_FLAGS] as number) & Flag.FROM_QUEUE) !== 0) {
    const to = peerAt(socket, at);
    tellError(socket, systemError(-errno, 'sendto', detailsOf(to)), to);
  } else if (FATAL.has(errno)) {
    socket.failWith(systemError(-errno, 'recvfrom'));
  } else if (isOutOfMemory(-errno) && socket.family !== 'raw') {
    rest(socket);
  } else if (!NETWORK.has(errno) || (socket.flags & QUEUES_ERRORS) === 0) {
    // Netlink's ENOBUFS as well: messages were lost, and the socket goes on.
    const { remote } = socket;
    // What is no news of the network may be said again at once: by a filter, say.
    if (!NETWORK.has(errno)) rest(socket);
    tellError(socket, systemError(-errno, 'recvfrom', detailsOf(remote)), remote);
  }
}

/**
 * It was ready, and nothing had come. Another process may have taken it; but a socket that was
 * shut down is ready for ever.
 */
export function foundNothing(socket: DatagramOutput): void {
  if (socket.vainSince !== socket.datagramsRead) socket.vain = 0;
  socket.vainSince = socket.datagramsRead;
  if (++socket.vain >= MAX_VAIN) rest(socket);
}

/** Reads no more for a moment. */
function rest(socket: DatagramOutput): void {
  if ((socket.flags & RESTING) !== 0) return;
  socket.flags |= RESTING;
  updateInterest(socket);
  const again = () => {
    socket.flags &= ~RESTING;
    updateInterest(socket);
  };
  socket.loop.setTimeout(again, REST_MS).unref();
}

/** It was paused after this was read. */
function stash(socket: DatagramOutput, stashed: Stashed): void {
  socket.flags |= STASHED;
  stashed.info.fds?.ownedBy(socket.loop);
  const list = stashes.get(socket);
  if (list === undefined) stashes.set(socket, [stashed]);
  else list.push(stashed);
}

/** What was kept is delivered, one a call, until it is paused again. */
export function unstash(socket: DatagramOutput): void {
  const list = stashes.get(socket);
  if (list === undefined || !socket.active || (socket.flags & PAUSED) !== 0) return;
  const next = list.shift();
  if (list.length === 0) {
    stashes.delete(socket);
    socket.flags &= ~STASHED;
    updateInterest(socket);
  } else {
    // Before the call: when it throws, the others are not lost.
    unstashLater(socket);
  }
  next?.info.fds?.disownedBy(socket.loop);
  if (next !== undefined) deliver(socket, next.chunk, next.from, next.info);
}

export function unstashLater(socket: DatagramOutput): void {
  socket.loop.defer(() => socket.enter(() => unstash(socket)), socket);
}

export function dropStash(socket: DatagramOutput): void {
  for (const { info } of stashes.get(socket) ?? []) {
    info.fds?.disownedBy(socket.loop);
    info.fds?.closeRest();
  }
  stashes.delete(socket);
}
