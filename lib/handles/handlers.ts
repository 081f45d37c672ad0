// What users supply: one object of functions for all sockets of a server.
import type { Handle } from '../loop/handle.js';
import type { Server } from './server.js';
import type { Socket } from './socket.js';

/**
 * Called by the loop. All are optional; the object is shared by all sockets, and
 * what belongs to one goes into `socket.data`.
 */
export interface StreamHandlers {
  /** Connected: accepted by the server, or connected as asked. */
  open?(socket: Socket): void;
  /**
   * Bytes came. `chunk` is a view of the loop's slab, valid during the call:
   * `chunk.slice()` keeps it.
   */
  data?(socket: Socket, chunk: Uint8Array): void;
  /** All queued output went out, after `write` returned false. */
  drain?(socket: Socket): void;
  /** The peer sends no more. Unless `allowHalfOpen`, `end()` follows by itself. */
  end?(socket: Socket): void;
  /** Closed, once, always last; `error` says why, when it was not as it should be. */
  close?(socket: Socket, error?: Error): void;
  /** A server could not accept (EMFILE, ENFILE, ENOBUFS): it tries again by itself. */
  error?(server: Server, error: Error): void;
}

/** Options that listening and connecting share. */
export interface StreamOptions {
  /** `write` returns false above this many queued bytes: 0 to 2^31-1, default 65,536. */
  highWaterMark?: number;
  /**
   * A socket whose queue would pass this is closed with
   * ERR_STREAM_MAX_BUFFERED: 0 to 2^53-1, default 16 MiB.
   */
  maxBufferedBytes?: number;
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
