// What both directions of a datagram socket know of it: its fields, what it waits for, how
// it tells of errors. output.ts and input.ts are the directions; socket.ts is the whole.
import type { HandleLoop } from '../loop/contract.js';
import { HANDLE_BITS } from '../loop/handle-flags.js';
import { Transfer } from '../loop/layout.js';
import { Interest } from '../poller/interest.js';
import { systemError } from '../raw/errors.js';
import { SocketHandle } from '../socket-options/handle.js';
import { type DatagramAddress, detailsOf } from './address.js';
import type { Exchange } from './exchange.js';
import { Mode, UNIT_BYTES, UNITS_SHIFT } from './layout.js';
import type { DatagramQueue } from './queue.js';
import type { HandlersOf } from './told.js';

// The bits of its `flags`, above those that every handle has.
export const PAUSED = 1 << HANDLE_BITS;
/** Datagrams that were read as it was being paused are kept beside it. */
export const STASHED = 2 << HANDLE_BITS;
/** The kernel had no memory for a receive: it is left alone for a while. */
export const RESTING = 4 << HANDLE_BITS;
/** The kernel took nothing of what is queued: it is left alone for a while. */
export const RETRYING = 8 << HANDLE_BITS;
export const NEED_DRAIN = 16 << HANDLE_BITS;
/** What failed is told from the queue of errors, with whom it was for. */
export const QUEUES_ERRORS = 32 << HANDLE_BITS;
/** What comes is kept for who iterates; see unread.ts. */
export const KEEPS = 64 << HANDLE_BITS;
/** And is enough for now. */
export const HELD = 128 << HANDLE_BITS;
/** Nothing is received while one of these holds. */
const NOT_READING = PAUSED | STASHED | RESTING | HELD;

/** What kind of addresses it has. */
export type DatagramFamily = 'ipv4' | 'ipv6' | 'unix' | 'raw';

/** What a datagram socket needs to know of its options. */
export interface DatagramSettings {
  readonly highWaterMark: number;
  readonly maxBufferedBytes: number;
  readonly chunks: 'borrow' | 'copy' | undefined;
  readonly maxDatagramBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** What both directions of a datagram socket stand on. */
export abstract class DatagramBase extends SocketHandle {
  /** @internal */ readonly exchange: Exchange;
  /** @internal */ readonly handlers: HandlersOf<never>;
  /** @internal */ readonly settings: DatagramSettings;
  /** What kind of addresses it has; 'raw': of a family that has no form of its own here. */
  readonly family: DatagramFamily;
  /** @internal What the kernel did not take yet. */ queue: DatagramQueue | undefined;
  /** @internal Whom it is connected to. */ remote: DatagramAddress | undefined;
  /** @internal Whether chunks are copies. */ copies: boolean;
  /** @internal How it is read: bits of Mode that hold for good. */ mode = 0;
  /** Bytes received so far. */
  bytesRead = 0;
  /** Datagrams received so far. */
  datagramsRead = 0;
  /** Bytes taken by `send` so far; some may be queued, or lost. */
  bytesWritten = 0;
  /** Datagrams taken by `send` so far; some may be queued, or lost. */
  datagramsWritten = 0;
  /** Datagrams that were not sent, as more would have been queued than `maxBufferedBytes`. */
  dropped = 0;
  /** @internal How often in a row it was ready and nothing had come, */ vain = 0;
  /** @internal and how many datagrams there had been before. */ vainSince = 0;
  /** Datagrams that were longer than `maxDatagramBytes`, and came cut. */
  truncated = 0;

  /** @internal */
  constructor(
    loop: HandleLoop,
    exchange: Exchange,
    family: DatagramFamily,
    handlers: HandlersOf<never>,
    settings: DatagramSettings,
    copies: boolean,
  ) {
    super(loop);
    this.exchange = exchange;
    this.family = family;
    this.handlers = handlers;
    this.settings = settings;
    this.copies = copies;
    this.queue = undefined;
    this.remote = undefined;
    this.keepContext();
  }

  /** @internal It has started: its descriptor is read by the crossing from now on. */
  beginReading(): void {
    const { loop, slot } = this;
    loop.streams.readers++;
    updateMode(this);
    loop.table.setReadFd(slot, this.handleFd);
  }

  /** @internal It is to stop: to be called once, while it is active. */
  endReading(): void {
    this.loop.streams.readers--;
  }
}

/** Tells the crossing how it is read. */
function updateMode(socket: DatagramBase): void {
  const { mode, settings } = socket;
  const { maxDatagramBytes } = settings;
  const units = Math.ceil(maxDatagramBytes / UNIT_BYTES);
  const errorsOnly = (socket.flags & NOT_READING) !== 0 ? Mode.ERRORS_ONLY : 0;
  socket.loop.table.setTransfer(
    socket.slot,
    Transfer.DATAGRAM | mode | errorsOnly | (units << UNITS_SHIFT),
  );
}

/** Tells the poller, and the crossing, what it waits for now. */
export function updateInterest(socket: DatagramBase): void {
  if (!socket.active) return;
  const { flags, queue } = socket;
  updateMode(socket);
  let wanted = (flags & NOT_READING) === 0 ? Interest.READ : 0;
  if (queue !== undefined && (flags & RETRYING) === 0) wanted |= Interest.WRITE;
  // Errors of what was sent are to be told all the same, where the poller tells them
  // unasked: each by an edge.
  if (wanted === 0 && socket.loop.poller.supports.unasked) wanted = Interest.EDGE;
  socket.setInterest(wanted);
}

/** Notes which handler is called next, for metrics and traces. */
export function enter(socket: DatagramBase, name: keyof HandlersOf<never>): void {
  socket.loop.streams.handler = name;
}

/** Calls its `error`, if there is one. */
export function tellError(
  socket: DatagramBase,
  error: Error,
  to: DatagramAddress | undefined,
): void {
  enter(socket, 'error');
  socket.handlers.error?.(socket as never, error, to);
}

/** As `tellError`, in the next pending phase: from where no handler may be called. */
export function tellErrorLater(
  socket: DatagramBase,
  result: number,
  to: DatagramAddress | undefined,
): void {
  if (socket.handlers.error === undefined) return;
  const error = systemError(result, 'sendto', detailsOf(to));
  const tell = () => {
    if (!socket.isClosed) tellError(socket, error, to);
  };
  socket.loop.defer(() => socket.enter(tell), socket);
}
