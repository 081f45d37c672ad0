// One datagram handed to the kernel, and those that it did not take yet: bounded by the limits
// of socket and loop, sent when the socket is writable, work that keeps the loop alive until
// then. See sendmsg(2).
import { native } from '../binding/index.js';
import type { OutputLimit } from '../loop/output-limits.js';
import { constant } from '../raw/constants.js';
import { isOutOfMemory } from '../stream/sending.js';
import type { DatagramAddress } from './address.js';
import {
  type DatagramBase,
  NEED_DRAIN,
  QUEUES_ERRORS,
  RETRYING,
  tellErrorLater,
  updateInterest,
} from './base.js';
import { closeHeld, held, passes } from './beside.js';
import { ANCILLARY_WORDS, EARLIER_OF_ONE } from './layout.js';
import { DatagramQueue, heldBy, type Waiting } from './queue.js';

const EAGAIN = -constant('EAGAIN');

/** One socket's share of a turn: others are due as well. */
const MAX_SENDS = 32;
const FIRST_RETRY_MS = 1;
const MAX_RETRY_MS = 50;
const NOTHING_BESIDE = new Int32Array(ANCILLARY_WORDS);

/** Whether there is no room for now, and nothing is wrong with the datagram. */
export function isForNow(result: number): boolean {
  return result === EAGAIN || isOutOfMemory(result);
}

/** With a queue of errors each of them is told from there, with whom it was for. */
export function tellEarlier(socket: DatagramBase, errno: number): void {
  if ((socket.flags & QUEUES_ERRORS) !== 0) return;
  tellErrorLater(socket, -errno, socket.remote);
}

/** The place of a peer until the next crossing; -1: where the socket is connected to. */
export function placeOf(socket: DatagramBase, peer: DatagramAddress | undefined): number {
  if (peer === undefined) return -1;
  const { peers } = socket.exchange;
  const place = peers.pin(peer);
  if (place >= 0) return place;
  makePlaces(socket);
  return peers.pin(peer);
}

/** The same until the next place is asked for: of one that is sent at once. */
function placeForNow(socket: DatagramBase, peer: DatagramAddress | undefined): number {
  if (peer === undefined) return -1;
  const { peers } = socket.exchange;
  const place = peers.find(peer);
  if (place >= 0) return place;
  makePlaces(socket);
  return peers.find(peer);
}

/** All places are taken by what was to be sent, which is sent now. */
function makePlaces({ loop, exchange }: DatagramBase): void {
  loop.flush();
  exchange.peers.unpinAll();
}

/** Hands one to the kernel: bytes sent or -errno. */
export function sendOne(socket: DatagramBase, { bytes, to, ancillary }: Waiting): number {
  const words = ancillary ?? NOTHING_BESIDE;
  const place = placeForNow(socket, to);
  const { words: peers } = socket.exchange.peers;
  const result = native.sendDatagram(socket.handleFd, peers, place, words, bytes);
  const earlier = words[EARLIER_OF_ONE] as number;
  if (earlier !== 0) tellEarlier(socket, earlier);
  return result;
}

/**
 * Queues a datagram whose memory is its own, and whose descriptors are not; false: it is
 * dropped, as a limit would be passed.
 */
export function enqueue(socket: DatagramBase, waiting: Waiting): boolean {
  const queue = socket.queue ?? beginQueue(socket);
  const bytes = heldBy(waiting.bytes.length);
  const fits = queue.held + bytes <= socket.settings.maxBufferedBytes;
  if (!fits || !hasRoomInLoop(socket, queue, bytes)) {
    // The socket waits to be writable all the same, so that `drain` comes.
    socket.dropped++;
    socket.flags |= NEED_DRAIN;
    return false;
  }
  const { ancillary } = waiting;
  const kept = passes(ancillary) ? held(socket.loop, ancillary as Int32Array) : ancillary;
  if (typeof kept === 'number') {
    tellErrorLater(socket, kept, waiting.to ?? socket.remote);
    return false;
  }
  queue.push({ ...waiting, ancillary: kept });
  socket.loop.output.heldBytes += bytes;
  if (queue.size > socket.settings.highWaterMark) socket.flags |= NEED_DRAIN;
  return true;
}

/** Whether the loop's limit has room; who holds most makes some, and may be this one. */
function hasRoomInLoop(socket: DatagramBase, queue: DatagramQueue, bytes: number): boolean {
  const { output } = socket.loop;
  if (output.heldBytes + bytes <= output.maxBytes) return true;
  const holder = holderOf(socket, queue);
  output.makeRoom(output, { holder, bytes, moves: false }, () => true);
  return holder.active;
}

/** A queue as the limit of the loop knows it. What has to go goes: they are datagrams. */
class Holder {
  active = true;
  readonly #socket: DatagramBase;
  readonly #queue: DatagramQueue;

  constructor(socket: DatagramBase, queue: DatagramQueue) {
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

function holderOf(socket: DatagramBase, queue: DatagramQueue): Holder {
  const known = holders.get(queue);
  if (known !== undefined) return known;
  const holder = new Holder(socket, queue);
  holders.set(queue, holder);
  socket.loop.output.add(holder);
  return holder;
}

function beginQueue(socket: DatagramBase): DatagramQueue {
  const queue = new DatagramQueue(isEachForItself(socket));
  socket.queue = queue;
  holderOf(socket, queue);
  socket.setWorking(true);
  updateInterest(socket);
  return queue;
}

/** Whether a peer that is full is waited for by what is for him alone. */
function isEachForItself(socket: DatagramBase): boolean {
  return socket.family === 'unix' && socket.remote === undefined;
}

/** It was connected to `before`, and is to another now, or to nobody. */
export function reconnected(socket: DatagramBase, before: DatagramAddress | undefined): void {
  socket.queue?.readdress(before, isEachForItself(socket));
}

/** Drops what waits, which is not to be sent. */
function empty(socket: DatagramBase, queue: DatagramQueue): void {
  socket.loop.output.heldBytes -= queue.held;
  for (const { ancillary } of queue.clear()) closeHeld(socket.loop, ancillary);
}

/** Everything was sent, or is not to be. */
export function dropQueue(socket: DatagramBase): void {
  const { queue } = socket;
  if (queue === undefined) return;
  empty(socket, queue);
  const holder = holders.get(queue);
  if (holder !== undefined) socket.loop.output.remove(holder);
  socket.queue = undefined;
  socket.setWorking(false);
}

/** Sends what the kernel takes now; how many datagrams. */
function trySending(socket: DatagramBase, queue: DatagramQueue): number {
  const before = queue.held;
  const sent = queue.send(MAX_SENDS, (waiting) => {
    const result = sendOne(socket, waiting);
    if (result < 0 && isForNow(result)) return false;
    if (result < 0) tellErrorLater(socket, result, waiting.to ?? socket.remote);
    closeHeld(socket.loop, waiting.ancillary);
    return true;
  });
  socket.loop.output.heldBytes += queue.held - before;
  return sent;
}

/** It was said to be writable and took nothing: a peer of a Unix socket, or the system, is full. */
function retryLater(socket: DatagramBase, queue: DatagramQueue): void {
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

/** Sends what waits and is to be sent now; what follows from it. True: nothing waits any more. */
export function sendWaiting(socket: DatagramBase, queue: DatagramQueue): boolean {
  const sent = trySending(socket, queue);
  if (queue.length > 0) {
    if (sent > 0) queue.retryMs = 0;
    else retryLater(socket, queue);
    return false;
  }
  dropQueue(socket);
  updateInterest(socket);
  return true;
}
