// relay(a, b): what a program calls, and what it has of a relay. joint.ts is how it works.
import { throwIfAborted } from '../base/abort.js';
import type { DescriptorStream } from '../descriptor/stream.js';
import type { Socket } from '../net/socket.js';
import type { FileReadStream } from '../pool/fs/stream/read-stream.js';
import type { FileWriteStream } from '../pool/fs/stream/write-stream.js';
import type { Stream } from '../stream/stream.js';
import { Joint, type Way } from './joint.js';
import { checkPair, checkStream, type RelayOptions, relaySettings } from './options.js';

/** What `relay` joins: a connection, also one on its way, what `loop.stream` gave, or a file. */
export type RelaySide = Socket | DescriptorStream | FileReadStream | FileWriteStream;

/**
 * Two streams that are joined: what `relay` gives. It keeps no loop alive: the streams do, as long
 * as they are open.
 */
export class Relay {
  readonly #joint: Joint;
  /**
   * Resolves once both streams have closed, or `stop` was called; rejects with the error that ended
   * one of them, which is no unhandled rejection where nobody waits.
   */
  readonly closed: Promise<void>;

  /** @internal Use `relay`. */
  constructor(a: RelaySide, b: RelaySide, options: RelayOptions, way: Way) {
    const settings = relaySettings(options);
    checkStream('a', a);
    checkStream('b', b);
    checkPair(a, b);
    throwIfAborted(settings.signal);
    let told!: (error: Error | undefined) => void;
    this.closed = new Promise((resolve, reject) => {
      told = (error) => (error === undefined ? resolve() : reject(error));
    });
    // Who does not look is told by the streams' own `close`.
    this.closed.catch(() => {});
    this.#joint = new Joint(a as Stream, b as Stream, settings, told);
    this.#joint.begin(way);
  }

  /** Bytes that came from `a` for `b`; those that `b` has not sent yet are counted. */
  get bytesAToB(): number {
    return this.#joint.fromA.bytes;
  }

  /** Bytes that came from `b` for `a`. */
  get bytesBToA(): number {
    return this.#joint.fromB.bytes;
  }

  /** Bytes that came from one and wait for the other's peer: 262,144 each way, as a rule, at most. */
  get bufferedBytes(): number {
    return this.#joint.bufferedBytes;
  }

  /** Whether the bytes move inside the kernel (`true`), or are copied by the loop. */
  get spliced(): boolean {
    return this.#joint.splices;
  }

  /** The error that ended it, if one did. */
  get error(): Error | undefined {
    return this.#joint.error;
  }

  /** Drops what is on its way and closes both; with an error their peers get a reset. Idempotent. */
  destroy(error?: Error): void {
    this.#joint.destroy(error);
  }

  /** The same as `destroy()`. */
  close(): void {
    this.destroy();
  }

  /**
   * Gives both streams back, open: their handlers are told again from here on, of what is not read
   * yet. What is on its way in either direction is sent, as if it had been written. An end that was
   * passed on is not told once more. Idempotent.
   */
  stop(): void {
    this.#joint.stop();
  }

  /** The same as `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Closes both and waits until they have closed, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.closed.catch(() => {});
  }
}

/**
 * Joins two streams in both directions: what one reads the other writes, until both have ended. On
 * Linux the bytes of sockets and pipes stay in the kernel; elsewhere, and those of terminals,
 * devices and records, are copied by the loop, to the same effect.
 *
 * The end of one is the end of the other's output, and the other direction goes on. An error or a
 * reset of one closes the other by a reset. Who sends faster than the other's peer reads has to
 * wait. What either had read or written before goes first, in order.
 *
 * Of the handlers only `open` and `close` are called; descriptors that come over a Unix socket are
 * closed. Both streams belong to one loop, and both may be on their way still.
 *
 * @throws TypeError, RangeError for bad arguments (two loops, records and bytes, the same stream);
 *   Error ERR_HANDLE_CLOSED, ERR_INVALID_STATE (a relay, a Duplex or an iterator has it already, or
 *   nothing can move); AbortError. Both are as they were then
 * @example
 * loop.listen({ port: 8080 }, { open: (socket) => relay(socket, loop.connect({ port: 80 })) });
 */
export function relay(a: RelaySide, b: RelaySide, options: RelayOptions = {}): Relay {
  return new Relay(a, b, options, 'splice');
}
