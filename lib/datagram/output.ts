// Sending datagrams: gathered in the turn, sent with the next crossing; what the kernel does
// not take is queued, whole and in order, until the socket is writable. Bytes passed to
// `send` are copied or sent before it returns. See sendto(2), sendmmsg(2).
//
// Errors of sending, and what each does:
// - EAGAIN, ENOBUFS, ENOMEM: there is no room for now. Nothing is lost that fits into
//   `maxBufferedBytes`: it is tried again once the socket is writable, or a little later.
// - all others (EMSGSIZE, ECONNREFUSED, EHOSTUNREACH, EPERM, ...): this datagram is lost,
//   `error` is told, and those behind it are sent.
import type { Bytes } from '../binding/index.js';
import { native } from '../binding/index.js';
import { byteLengthOf, toBytes } from '../loop/bytes.js';
import { invalidType } from '../loop/errors.js';
import type { OutputLimit } from '../loop/output-limits.js';
import { constant } from '../raw/constants.js';
import { isOutOfMemory } from '../stream/sending.js';
import type { DatagramAddress, DatagramTarget } from './address.js';
import {
  DatagramBase,
  enter,
  NEED_DRAIN,
  RETRYING,
  tellErrorLater,
  updateInterest,
} from './base.js';
import { GATHER_BYTES } from './exchange.js';
import { ANCILLARY_WORDS, EARLIER_OF_ONE, Mode, NOT_SENT } from './layout.js';
import { DatagramQueue, heldBy, type Waiting } from './queue.js';

const EAGAIN = -constant('EAGAIN');

/** One socket's share of a turn: others are due as well. */
const MAX_SENDS = 32;
const FIRST_RETRY_MS = 1;
const MAX_RETRY_MS = 50;
const NOTHING_BESIDE = new Int32Array(ANCILLARY_WORDS);

/** The sending side of a datagram socket. */
export abstract class DatagramOutput extends DatagramBase {
  /** Bytes of datagrams that wait until the kernel takes them. */
  get bufferedBytes(): number {
    return this.queue?.size ?? 0;
  }

  /**
   * Sends a datagram, bytes or a string as UTF-8, which may be empty. The memory may be used
   * again when it returns. What becomes of it afterwards, nobody knows; an error that is
   * told of it reaches `error`. On a socket that is closed it does nothing.
   *
   * @param to what `message` was given, which costs no encoding; or `{ host, port }`,
   *   `{ path }`. Left out: where the socket is connected to
   * @returns false when it was queued above `highWaterMark`, or dropped, as more than
   *   `maxBufferedBytes` would be queued: go on in `drain`
   * @throws TypeError, RangeError for what is no bytes or no address; SystemError
   *   ENAMETOOLONG for a path that is too long
   */
  send(data: Bytes | string, to?: DatagramTarget): boolean {
    const bytes = typeof data === 'string' ? undefined : toBytes(data);
    // Three bytes of UTF-8 a code unit at most.
    const maxBytes = bytes === undefined ? (data as string).length * 3 : byteLengthOf(bytes);
    const { exchange } = this;
    let peer: DatagramAddress | undefined;
    if (to !== undefined) peer = exchange.targets.find(to, 'to');
    else if (this.remote === undefined && this.family !== 'raw') throw notConnected();
    if (!this.active) return false;
    if (maxBytes > GATHER_BYTES || !makesRoom(this, maxBytes, peer)) {
      return sendNow(this, bytes ?? Buffer.from(data as string), peer, undefined);
    }
    const place = placeOf(this, peer);
    let length = maxBytes;
    if (bytes === undefined) {
      length = exchange.gatherText(this.slot, this.handleFd, place, data as string, maxBytes);
    } else {
      exchange.gather(this.slot, this.handleFd, place, bytes, maxBytes);
    }
    this.bytesWritten += length;
    this.datagramsWritten++;
    if (this.loop.inTurn) return true;
    this.loop.flush();
    return isBelowMark(this);
  }

  /** @internal What was gathered was not sent; or told of an earlier one's end. */
  onRefused(
    result: number,
    earlier: number,
    to: DatagramAddress | undefined,
    bytes: Uint8Array,
  ): void {
    if (earlier !== 0) tellEarlier(this, earlier);
    if (result >= 0 || !this.active) return;
    if (result === NOT_SENT || isForNow(result)) {
      enqueue(this, { bytes: bytes.slice(), to, ancillary: undefined });
    } else tellErrorLater(this, result, to ?? this.remote);
  }

  /** @internal The socket is writable, or has been left alone for long enough. */
  sendQueued(): void {
    const { queue } = this;
    if (queue === undefined || (this.flags & RETRYING) !== 0) return;
    const sent = trySending(this, queue);
    if (queue.length > 0) {
      if (sent > 0) queue.retryMs = 0;
      else retryLater(this, queue);
      return;
    }
    dropQueue(this);
    updateInterest(this);
    if ((this.flags & NEED_DRAIN) === 0) return;
    this.flags &= ~NEED_DRAIN;
    enter(this, 'drain');
    const { handlers } = this;
    this.settle(handlers.drain?.(this as never));
  }

  /** @internal A handler returned something. */
  abstract settle(result: unknown): void;
}

// Functions, not private methods: those cost each object eight bytes a class.

function notConnected(): Error {
  return invalidType('to', 'an address, as the socket is not connected');
}

function isForNow(result: number): boolean {
  return result === EAGAIN || isOutOfMemory(result);
}

function isBelowMark(socket: DatagramOutput): boolean {
  if (socket.bufferedBytes <= socket.settings.highWaterMark) {
    return (socket.flags & NEED_DRAIN) === 0;
  }
  socket.flags |= NEED_DRAIN;
  return false;
}

/** With a queue of errors each of them is told from there, with whom it was for. */
function tellEarlier(socket: DatagramOutput, errno: number): void {
  if ((socket.mode & Mode.HAS_ERROR_QUEUE) !== 0) return;
  tellErrorLater(socket, -errno, socket.remote);
}

/** Whether it may be gathered: there is room, and nothing that it has to wait behind. */
function makesRoom(
  socket: DatagramOutput,
  bytes: number,
  to: DatagramAddress | undefined,
): boolean {
  const { exchange } = socket;
  if (socket.queue?.blocks(to)) return false;
  if (exchange.hasRoom(bytes)) return true;
  socket.loop.flush();
  return socket.queue === undefined || !socket.queue.blocks(to);
}

/** The place of a peer until the next crossing; -1: where the socket is connected to. */
function placeOf(socket: DatagramOutput, peer: DatagramAddress | undefined): number {
  if (peer === undefined) return -1;
  const { peers } = socket.exchange;
  const place = peers.pin(peer);
  if (place >= 0) return place;
  // All places are taken by what waits to be sent.
  socket.loop.flush();
  return peers.pin(peer);
}

/** Sends one by itself, with what goes beside it. */
export function sendNow(
  socket: DatagramOutput,
  bytes: Uint8Array,
  to: DatagramAddress | undefined,
  ancillary: Int32Array | undefined,
): boolean {
  if (socket.exchange.isPending(socket.slot)) socket.loop.flush();
  if (!socket.queue?.blocks(to)) {
    const result = sendOne(socket, { bytes, to, ancillary });
    if (!isForNow(result)) {
      socket.datagramsWritten++;
      if (result >= 0) socket.bytesWritten += result;
      else tellErrorLater(socket, result, to ?? socket.remote);
      return true;
    }
  }
  if (enqueue(socket, { bytes: bytes.slice(), to, ancillary })) {
    socket.datagramsWritten++;
    socket.bytesWritten += byteLengthOf(bytes);
  }
  return isBelowMark(socket);
}

function sendOne(socket: DatagramOutput, { bytes, to, ancillary }: Waiting): number {
  const words = ancillary ?? NOTHING_BESIDE;
  const place = placeOf(socket, to);
  const { words: peers } = socket.exchange.peers;
  const result = native.sendDatagram(socket.handleFd, peers, place, words, bytes);
  const earlier = words[EARLIER_OF_ONE] as number;
  if (earlier !== 0) tellEarlier(socket, earlier);
  return result;
}

// ---- what waits ----------------------------------------------------------------

/** Queues a datagram whose memory is its own; false: it is dropped, as a limit would be passed. */
function enqueue(socket: DatagramOutput, waiting: Waiting): boolean {
  const queue = socket.queue ?? beginQueue(socket);
  const bytes = heldBy(waiting.bytes.length);
  const fits = queue.held + bytes <= socket.settings.maxBufferedBytes;
  if (!fits || !hasRoomInLoop(socket, queue, bytes)) {
    // The socket waits to be writable all the same, so that `drain` comes.
    socket.dropped++;
    socket.flags |= NEED_DRAIN;
    return false;
  }
  queue.push(waiting);
  socket.loop.output.heldBytes += bytes;
  if (queue.size > socket.settings.highWaterMark) socket.flags |= NEED_DRAIN;
  return true;
}

/** Whether the loop's limit has room; who holds most makes some, and may be this one. */
function hasRoomInLoop(socket: DatagramOutput, queue: DatagramQueue, bytes: number): boolean {
  const { output } = socket.loop;
  if (output.heldBytes + bytes <= output.maxBytes) return true;
  const holder = holderOf(socket, queue);
  output.makeRoom(output, { holder, bytes, moves: false }, () => true);
  return holder.active;
}

/** A queue as the limit of the loop knows it. What has to go goes: they are datagrams. */
class Holder {
  active = true;
  readonly #socket: DatagramOutput;
  readonly #queue: DatagramQueue;

  constructor(socket: DatagramOutput, queue: DatagramQueue) {
    this.#socket = socket;
    this.#queue = queue;
  }

  get heldBytes(): number {
    return this.#queue.held;
  }

  sendSome(): boolean {
    const retries = (this.#socket.flags & RETRYING) !== 0;
    return !retries && trySending(this.#socket, this.#queue) > 0;
  }

  giveUp(_limit: OutputLimit, _bytes: number): void {
    this.active = false;
    this.#socket.dropped += this.#queue.length;
    empty(this.#socket, this.#queue);
    holders.delete(this.#queue);
    this.#socket.loop.output.remove(this);
  }
}

const holders = new WeakMap<DatagramQueue, Holder>();

function holderOf(socket: DatagramOutput, queue: DatagramQueue): Holder {
  const known = holders.get(queue);
  if (known !== undefined) return known;
  const holder = new Holder(socket, queue);
  holders.set(queue, holder);
  socket.loop.output.add(holder);
  return holder;
}

function beginQueue(socket: DatagramOutput): DatagramQueue {
  const each = socket.family === 'unix' && socket.remote === undefined;
  const queue = new DatagramQueue(each);
  socket.queue = queue;
  holderOf(socket, queue);
  socket.setWorking(true);
  updateInterest(socket);
  return queue;
}

/** Drops what waits, which is not to be sent. */
function empty(socket: DatagramOutput, queue: DatagramQueue): void {
  socket.loop.output.heldBytes -= queue.held;
  queue.clear();
}

/** Everything was sent, or is not to be. */
export function dropQueue(socket: DatagramOutput): void {
  const { queue } = socket;
  if (queue === undefined) return;
  empty(socket, queue);
  const holder = holders.get(queue);
  if (holder !== undefined) socket.loop.output.remove(holder);
  socket.queue = undefined;
  socket.setWorking(false);
}

/** Sends what the kernel takes now; how many datagrams. */
function trySending(socket: DatagramOutput, queue: DatagramQueue): number {
  const before = queue.held;
  const sent = queue.send(MAX_SENDS, (waiting) => {
    const result = sendOne(socket, waiting);
    if (result < 0 && isForNow(result)) return false;
    if (result < 0) tellErrorLater(socket, result, waiting.to ?? socket.remote);
    return true;
  });
  socket.loop.output.heldBytes += queue.held - before;
  return sent;
}

/** It was said to be writable and took nothing: a peer of a Unix socket, or the system, is full. */
function retryLater(socket: DatagramOutput, queue: DatagramQueue): void {
  queue.retryMs = Math.min(Math.max(queue.retryMs * 2, FIRST_RETRY_MS), MAX_RETRY_MS);
  socket.flags |= RETRYING;
  updateInterest(socket);
  const again = () => {
    socket.flags &= ~RETRYING;
    updateInterest(socket);
  };
  // The queue keeps the loop alive, not the timer: the socket may close meanwhile.
  socket.loop.setTimeout(again, queue.retryMs).unref();
}
