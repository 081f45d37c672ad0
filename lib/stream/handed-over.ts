// A stream that another interface stands on from now on, node:stream's for one: who has
// it hears what the stream's handlers would have heard, and writes by `write` as ever. It keeps
// its limits, its place among its server's connections, and its descriptor.
import type { Handle } from '../loop/handle.js';
import { END_FOLLOWS, ENDED, HELD, KEEPS, NEED_DRAIN, READ_ENDED, TOLD } from './flags.js';
import { sendGathered } from './gathered.js';
import type { Handlers } from './handlers.js';
import { unhold } from './input.js';
import type { Stream } from './stream.js';
import { invalidState, takeUnread } from './unread.js';

const handed = new WeakSet<Stream>();

/** What a stream is as it is handed over. */
export interface HandedOver {
  /** What came before, in memory of its own. */
  readonly chunks: readonly Uint8Array[];
  /** Nothing more will be read: the peer has ended, or there never was such a half. */
  readonly readEnded: boolean;
  /** Nothing more will be written: our side has ended, or there never was such a half. */
  readonly writeEnded: boolean;
  /** `close` was told already: none of the handlers will be called. */
  readonly isOver: boolean;
}

/** Whether `handOver` was called for it. */
export function isHandedOver(stream: Stream): boolean {
  return handed.has(stream);
}

/** Which halves there are. A socket's reading half is there to tell its end. */
export function halvesOf({ flags, group }: Stream): { readable: boolean; writable: boolean } {
  const reads = group.transfer.isSocket || (flags & (READ_ENDED | END_FOLLOWS)) !== READ_ENDED;
  return { readable: reads, writable: (flags & ENDED) === 0 };
}

/**
 * From here on `handlers` are told, in place of those that it had. `write` says false as soon
 * as anything waits for the peer, so that `drain` tells when all of it is sent; the peer's end
 * does not end our side.
 *
 * @throws Error ERR_INVALID_STATE when somebody iterates it, or a relay has it
 */
export function handOver(stream: Stream, handlers: Handlers<Handle>): HandedOver {
  if (stream.group.relaying !== undefined) throw invalidState(`a relay has the ${stream.kind}`);
  const chunks = (stream.flags & KEEPS) !== 0 ? takeUnread(stream) : [];
  handed.add(stream);
  stream.group = {
    ...stream.group,
    handlers,
    highWaterMark: 0,
    allowHalfOpen: true,
    chunks: 'borrow',
    copies: false,
  };
  const { flags } = stream;
  stream.flags &= ~(KEEPS | END_FOLLOWS);
  if ((flags & HELD) !== 0) unhold(stream);
  return {
    chunks,
    readEnded: (flags & READ_ENDED) !== 0,
    writeEnded: (flags & ENDED) !== 0,
    isOver: (flags & TOLD) !== 0,
  };
}

/**
 * Sends what this turn has written to it. False: some of it waits for the peer, and `drain`
 * follows once it is sent, or `close`.
 */
export function sentAll(stream: Stream): boolean {
  sendGathered(stream);
  if (stream.queue === undefined) return stream.active;
  stream.flags |= NEED_DRAIN;
  return false;
}

/** Whether the peer has ended, of a stream that may be closed. */
export function hasReadEnd(stream: Stream): boolean {
  return (stream.flags & READ_ENDED) !== 0;
}
