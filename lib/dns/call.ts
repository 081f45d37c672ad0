// One request of a Resolver, from the first question to its answer: what ends it early (a
// signal, `cancel`, the loop's end) ends whatever it waits for. It keeps the loop alive.
import { abortError, onAbort } from '../base/abort.js';
import type { DatagramHandlers } from '../datagram/handlers.js';
import type { DgramOptions } from '../datagram/options.js';
import type { DatagramSocket } from '../datagram/socket.js';
import type { HandleLoop } from '../loop/contract.js';
import type { ConnectOptions } from '../net/connect.js';
import type { StreamHandlers } from '../net/handlers.js';
import type { Socket } from '../net/socket.js';

/**
 * What a question needs of the public loop: that it opens sockets. Their families are loaded
 * when the first is asked.
 */
export interface AskingLoop extends HandleLoop {
  /** See `EventLoop.dgram`. */
  dgram(options: DgramOptions, handlers?: DatagramHandlers): DatagramSocket;
  /** See `EventLoop.connect`. */
  connect(options: ConnectOptions, handlers?: StreamHandlers): Socket;
}

/** Starts something; returns what stops it, which is called once at most. */
export type Start<T> = (
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
) => () => void;

/** What errors of a request tell: the call, and the name or address that it was given. */
export interface AskedFor {
  readonly syscall: string;
  readonly hostname: string;
}

export class Call {
  readonly loop: AskingLoop;
  readonly what: AskedFor;
  readonly #stops = new Set<() => void>();
  #error: Error | undefined;

  private constructor(loop: AskingLoop, what: AskedFor) {
    this.loop = loop;
    this.what = what;
  }

  /**
   * The outcome of `work`, which waits by `call.wait` alone. `calls` has the call meanwhile.
   */
  static async run<T>(
    loop: AskingLoop,
    calls: Set<Call>,
    what: AskedFor,
    signal: AbortSignal | undefined,
    work: (call: Call) => Promise<T>,
  ): Promise<T> {
    const call = new Call(loop, what);
    const unwatch =
      signal === undefined ? undefined : onAbort(signal, () => call.end(abortError(signal)));
    calls.add(call);
    loop.retain();
    try {
      const value = await work(call);
      // What it has waited for last may have been one thing of two, and the other have come.
      if (call.#error !== undefined) throw call.#error;
      return value;
    } finally {
      loop.release();
      calls.delete(call);
      unwatch?.();
    }
  }

  /** Ends it, with what it waits for. Idempotent. */
  end(error: Error): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    for (const stop of [...this.#stops]) stop();
  }

  /** What `start` comes to; rejects when the call ends before, with its error. */
  wait<T>(start: Start<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) throw this.#error;
      let stopIt: (() => void) | undefined;
      const settled = () => {
        this.#stops.delete(stop);
        stopIt = undefined;
      };
      const stop = () => {
        const now = stopIt;
        settled();
        now?.();
        reject(this.#error);
      };
      this.#stops.add(stop);
      stopIt = start(
        (value) => {
          settled();
          resolve(value);
        },
        (error) => {
          settled();
          reject(error);
        },
      );
    });
  }
}
