// What users supply: one object of functions for all sockets of a server.
import type { Address } from '../binding/index.js';
import type { Handle } from '../loop/handle.js';
import type { Server } from '../net/server.js';
import type { Socket } from '../net/socket.js';

/**
 * What a handler returns: nothing, or a promise. Of `unknown` or a union TypeScript would
 * ask what the handler returns before it knows what `listen` does, and
 * `const server = loop.listen(where, { close: () => server.close() })` would not compile;
 * `void` has linters complain of async handlers.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
type Returned = any;

/**
 * Called by the loop. All are optional; the object is shared by all sockets, and
 * what belongs to one goes into `socket.data`.
 *
 * A promise that `open`, `data`, `drain` or `end` returns, and that is rejected, destroys
 * its socket with that error. What `close` and `error` return is the program's own: when
 * rejected, it is the host's unhandledRejection.
 *
 * `Data` is the type of `socket.data`, which is undefined until the program sets it, in
 * `open` as a rule.
 */
export interface StreamHandlers<Data = unknown> {
  /** Connected: accepted by the server, or connected as asked. */
  open?(socket: Socket<Data>): Returned;
  /**
   * Bytes came. `chunk` is a view of the loop's slab, valid during the call:
   * `chunk.slice()` keeps it. An async function gets memory of its own, and so does what
   * has returned a promise; see `chunks`.
   */
  data?(socket: Socket<Data>, chunk: Uint8Array): Returned;
  /** All queued output went out, after `write` returned false. */
  drain?(socket: Socket<Data>): Returned;
  /** The peer sends no more. Unless `allowHalfOpen`, `end()` follows by itself. */
  end?(socket: Socket<Data>): Returned;
  /** Closed, once, always last; `error` says why, when it was not as it should be. */
  close?(socket: Socket<Data>, error?: Error): Returned;
  /**
   * A server could not accept: it tries again by itself, at most a second later. If it is
   * closed (`server.closed`) it gave up; without this handler that is thrown by the loop.
   */
  error?(server: Server<Address>, error: Error): Returned;
}

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
}

/** Notes which handler of `socket` is called next, for metrics and traces. @internal */
export function enter(socket: Handle, name: keyof StreamHandlers): void {
  socket.loop.streams.handler = name;
}

/** The handler that the loop of `socket` called last. @internal */
export function entered(socket: Handle): string {
  return socket.loop.streams.handler;
}
