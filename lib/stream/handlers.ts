// What users supply: one object of functions for all streams of a group. Which class of
// stream they are given is the family's to say.
import type { Handle } from '../loop/handle.js';
import type { ReceivedDescriptors } from './received.js';

/**
 * What a handler returns: nothing, or a promise. Of `unknown` or a union TypeScript would
 * ask what the handler returns before it knows what `listen` does, and
 * `const server = loop.listen(where, { close: () => server.close() })` would not compile;
 * `void` has linters complain of async handlers.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Returned = any;

/** Called by the loop; all are optional. What a family adds to them is its own. */
export interface Handlers<Stream> {
  /** Connected: accepted by the server, or connected as asked. */
  open?(socket: Stream): Returned;
  /**
   * Bytes came. `chunk` is a view of the loop's slab, valid during the call:
   * `chunk.slice()` keeps it. An async function gets memory of its own, and so does what
   * has returned a promise; see `chunks`. `fds`: descriptors that came over a Unix
   * socket with this chunk, which has the first of the bytes that they were sent with; those
   * that are not taken are closed when it returns. They are received if the function could see
   * them when `listen`, `connect` or `stream` was called: one with two parameters and no
   * `arguments` has the kernel close them, and bytes cost less.
   */
  data?(socket: Stream, chunk: Uint8Array, fds?: ReceivedDescriptors): Returned;
  /** All queued output went out, after `write` returned false. */
  drain?(socket: Stream): Returned;
  /** The peer sends no more. Unless `allowHalfOpen`, `end()` follows by itself. */
  end?(socket: Stream): Returned;
  /** Closed, once, always last; `error` says why, when it was not as it should be. */
  close?(socket: Stream, error?: Error): Returned;
}

/**
 * Handlers that were left out: what comes is kept for who asks, by `for await`. Without a
 * prototype, which somebody may have given a `data`.
 */
export const NO_HANDLERS: Handlers<Handle> = Object.freeze(Object.create(null));

/** Options that listening and connecting share. */
export interface StreamOptions {
  /** `write` returns false above this many queued bytes: 0 to 2^31-1, default 65,536. */
  highWaterMark?: number;
  /**
   * How much output may be queued: of a connection, 16 MiB by default; of a server for
   * all its sockets together, by default what the loop's own `maxBufferedBytes` leaves.
   * 0 to 2^53-1. Above it the socket is closed with ERR_STREAM_MAX_BUFFERED; of a
   * server's the one that holds most.
   */
  maxBufferedBytes?: number;
  /**
   * Chunks are views of the loop's memory, valid during the call of `data` ('borrow'),
   * or memory of their own ('copy'). Default: copies for handlers whose `data` is an
   * async function or has returned a promise, else borrowed.
   */
  chunks?: 'borrow' | 'copy';
  /** TCP_NODELAY: small writes go out at once. Default true. */
  noDelay?: boolean;
  /** Keep our side open after the peer's end, until `end()`. Default false. */
  allowHalfOpen?: boolean;
  /** Closes the server, or destroys the socket, when it aborts. */
  signal?: AbortSignal;
  /**
   * A connection on which no byte moves for so long is closed with ERR_IDLE_TIMEOUT: never
   * earlier, and at most half as long again later. 1 to 2^53-1 ms, default none. What waits for
   * a peer that does not read moves nothing, nor does what nobody takes of a paused socket.
   */
  idleTimeoutMs?: number;
}

/** Notes which handler of `stream` is called next, for metrics and traces. @internal */
export function enter(stream: Handle, name: keyof Handlers<Handle>): void {
  stream.loop.streams.handler = name;
}

/** The handler that the loop of `stream` called last. @internal */
export function entered(stream: Handle): string {
  return stream.loop.streams.handler;
}
