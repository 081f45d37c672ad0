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
import { byteLengthOf, toBytes } from '../loop/bytes.js';
import { invalidType } from '../loop/errors.js';
import { constant } from '../raw/constants.js';
import { SystemError } from '../raw/errors.js';
import type { DatagramAddress, DatagramTarget } from './address.js';
import { DatagramBase, enter, NEED_DRAIN, RETRYING, tellErrorLater } from './base.js';
import { passes, type SendOptions, wordsOf } from './beside.js';
import { GATHER_BYTES } from './exchange.js';
import { NOT_SENT } from './layout.js';
import { enqueue, isForNow, placeOf, sendOne, sendWaiting, tellEarlier } from './waiting.js';

const EBADF = -constant('EBADF');

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
   * @param options what goes with it beside its bytes
   * @returns false when it was queued above `highWaterMark`, or dropped, as more than
   *   `maxBufferedBytes` would be queued: go on in `drain`
   * @throws TypeError, RangeError for what is no bytes or no address; SystemError
   *   ENAMETOOLONG for a path that is too long, EBADF for a descriptor to pass that is none
   */
  send(data: Bytes | string, to?: DatagramTarget, options?: SendOptions): boolean {
    const bytes = typeof data === 'string' ? undefined : toBytes(data);
    const { exchange } = this;
    let peer: DatagramAddress | undefined;
    if (to !== undefined) peer = exchange.targets.find(to, 'to');
    else if (this.remote === undefined && this.family !== 'raw') throw notConnected();
    const beside = options === undefined ? undefined : wordsOf(options, this.family, peer);
    if (!this.active) return false;
    // Behind the getters of what was given, which may have resized the memory. Of text: three
    // bytes of UTF-8 a code unit at most.
    const maxBytes = bytes === undefined ? (data as string).length * 3 : byteLengthOf(bytes);
    if (beside !== undefined)
      return sendNow(this, bytes ?? Buffer.from(data as string), peer, beside);
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
    if (!this.loop.inTurn) this.loop.flush();
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
      enqueue(this, { bytes: new Uint8Array(bytes), to, ancillary: undefined });
    } else tellErrorLater(this, result, to ?? this.remote);
  }

  /** @internal The socket is writable, or has been left alone for long enough. */
  sendQueued(): void {
    const { queue } = this;
    if (queue === undefined || (this.flags & RETRYING) !== 0) return;
    if (!sendWaiting(this, queue)) return;
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

/** Whether more may be sent before `drain`. */
function isBelowMark(socket: DatagramOutput): boolean {
  const { queue } = socket;
  if (queue === undefined) return true;
  if (queue.size > socket.settings.highWaterMark) socket.flags |= NEED_DRAIN;
  return (socket.flags & NEED_DRAIN) === 0;
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
    if (result === EBADF && passes(ancillary)) throw new SystemError(result, 'sendmsg');
    if (!isForNow(result)) {
      socket.datagramsWritten++;
      if (result >= 0) socket.bytesWritten += result;
      else tellErrorLater(socket, result, to ?? socket.remote);
      return true;
    }
  }
  if (enqueue(socket, { bytes: new Uint8Array(bytes), to, ancillary })) {
    socket.datagramsWritten++;
    socket.bytesWritten += byteLengthOf(bytes);
  }
  return isBelowMark(socket);
}
