// The bits of a stream's `flags`, above those that every handle has. One word says all
// that is so of a socket, as an idle connection is to be small.
import { HANDLE_BITS } from '../loop/handle-flags.js';

export const CONNECTING = 1 << HANDLE_BITS;
/** The peer's end was read. */
export const READ_ENDED = 2 << HANDLE_BITS;
/** `end` was called: SHUT_WR follows the last byte. */
export const ENDING = 4 << HANDLE_BITS;
export const WRITE_ENDED = 8 << HANDLE_BITS;
/** Nothing is taken any more. */
export const ENDED = ENDING | WRITE_ENDED;
/** The program called `end`: what it writes after that is its mistake. */
export const ENDED_BY_US = 16 << HANDLE_BITS;
export const NEED_DRAIN = 32 << HANDLE_BITS;
/** The kernel refused a send or a connect for now, or a thread sends: it is left alone for a while. */
export const RETRYING = 64 << HANDLE_BITS;
/** The batched read reads this socket. */
export const READING = 128 << HANDLE_BITS;
export const PAUSED = 256 << HANDLE_BITS;
/** A chunk that was read as the socket was being paused waits in `stashes`. */
export const STASHED = 512 << HANDLE_BITS;
/** The kernel had no memory for a read: it is left alone for a while. */
export const RESTING = 1024 << HANDLE_BITS;
/** `close` was called back. */
export const TOLD = 2048 << HANDLE_BITS;
/** What is read is kept for `for await`; see unread.ts. */
export const KEEPS = 4096 << HANDLE_BITS;
/** As much is kept as may be: nothing is read until some of it is taken. */
export const HELD = 8192 << HANDLE_BITS;
/** The peer has ended; our end follows once all that is kept is taken. */
export const END_FOLLOWS = 16384 << HANDLE_BITS;
/** Somebody waits for its `opened`; see opened-promise.ts. */
export const OPEN_AWAITED = 32768 << HANDLE_BITS;
/** Somebody waits for its `drained`; see drained-promise.ts. */
export const DRAIN_AWAITED = 65536 << HANDLE_BITS;
/** A relay moves its bytes inside the kernel, and is told what the poller says; see relayed.ts. */
export const RELAYED = 131072 << HANDLE_BITS;
/** That relay waits for what there is to read of it. */
export const FLOWS_IN = 262144 << HANDLE_BITS;
/** That relay waits for room to write to it. */
export const FLOWS_OUT = 524288 << HANDLE_BITS;
/** Its bytes move by requests of its own class: the crossing and the poller have no part in it. */
export const BY_REQUESTS = 1048576 << HANDLE_BITS;
/** It holds the loop while it reads, and at no other time: stdin. */
export const REF_WHILE_READING = 2097152 << HANDLE_BITS;
/** What is written is not to be sent with the rest of the turn. */
export const NOT_GATHERING = CONNECTING | BY_REQUESTS;
/** Nothing is read while one of these holds. */
export const NOT_READING = HELD | PAUSED | STASHED | RESTING | READ_ENDED | CONNECTING;
