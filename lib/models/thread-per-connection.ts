// The server of the textbooks, to compare an event loop with: an accept loop on a
// thread of its own and a blocking recv/send loop on a thread per client, all in
// C++ (native/thread_server*.cc). The event loop only hears of what went wrong.
// See pthread_create(3), accept(2), recv(2).
import { invalidType } from '../base/errors.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkFunction, checkInteger } from '../base/validate.js';
import { type IpAddress, native, type ThreadServer } from '../binding/index.js';
import { defaultLoop } from '../faces/default-loop.js';
import type { EventLoop } from '../faces/event-loop.js';
import type { HandleLoop } from '../loop/contract.js';
import { LoopCore } from '../loop/drive.js';
import { Handle } from '../loop/handle.js';
import { addressOf, detailsOf } from '../net/endpoint.js';
import { Interest } from '../poller/interest.js';
import { codedError, SystemError } from '../raw/errors.js';

/** Options of `new ThreadPerConnectionServer`. All may be left out. */
export interface ThreadPerConnectionOptions {
  /** An IPv4 or IPv6 address, or 'localhost' (127.0.0.1). Default '0.0.0.0'. */
  host?: string;
  /** 0 to 65535; 0, the default: the kernel picks one. */
  port?: number;
  /** Connections that may wait to be accepted: 1 to 2^31-1, default 511. */
  backlog?: number;
  /**
   * Stack of each client's thread in bytes: PTHREAD_STACK_MIN (16,384 on x64, 131,072
   * on arm64 with glibc) to 2^53-1, default 65,536 or that minimum. The echo buffer of
   * 64 KiB comes on top. It is address space; memory is used as far as the thread
   * reaches into it.
   */
  stackBytes?: number;
  /** The loop that calls `onError`. Default: the default loop of this thread. */
  loop?: EventLoop;
  /**
   * Told of each failure that the server survives. `accept4` with EMFILE, ENFILE,
   * ENOBUFS or ENOMEM: it pauses for 5 ms to 1 s and serves who waits.
   * `pthread_create` with EAGAIN: that client, whose `address` and `port` the
   * error has, was closed. `recv` and `send`, with the client's address: that
   * connection ended so (ECONNRESET: the client reset it), and not by a close. While
   * the loop does not turn, 64 are kept; `stats` counts all. Not called any more after
   * `stop`.
   */
  onError?: (error: SystemError, server: ThreadPerConnectionServer) => void;
}

const NAMES: OptionNames<ThreadPerConnectionOptions> = {
  host: true,
  port: true,
  backlog: true,
  stackBytes: true,
  loop: true,
  onError: true,
};

/** Figures since the server was made, over every start and stop. */
export interface ThreadPerConnectionStats {
  /** Client threads alive now. */
  readonly threads: number;
  /** Connections accepted. */
  readonly connections: number;
  /** Bytes echoed. */
  readonly bytes: number;
  /** Connections open now: as many as threads, that is the model. */
  readonly active: number;
  /** Failures to accept and to create a thread, and connections that failed. */
  readonly errors: number;
}

type Tell = (error: SystemError) => void;

const DEFAULT_STACK_BYTES = 65536;

/** Waits for the doorbell of a started server, and keeps the loop alive for it. */
class DoorbellHandle extends Handle {
  readonly #server: ThreadServer;
  readonly #tell: Tell;

  constructor(loop: HandleLoop, server: ThreadServer, tell: Tell) {
    super(loop);
    this.#server = server;
    this.#tell = tell;
    this.keepContext();
  }

  get kind(): string {
    return 'ThreadPerConnectionServer';
  }

  /** The loop closes its handles too: without a loop the server has to stop. */
  close(): void {
    // The doorbell leaves the poller first, then the server closes it.
    if (this.beginClose()) this.#server.stop();
  }

  onReady(): void {
    for (const { errno, syscall, peer } of this.#server.takeErrors()) {
      const details = peer === undefined ? {} : detailsOf(peer);
      const error = new SystemError(errno, syscall, details);
      // A callback of its own each: one that throws does not lose the others.
      this.loop.defer(() => {
        if (!this.isClosed) this.enter(() => this.#tell(error));
      }, this);
    }
  }

  override onFailed(error: Error): void {
    if (error instanceof SystemError) this.#tell(error);
  }

  onClosed(): void {}
}

/**
 * An echo server with one blocking thread per connection. It serves while
 * JavaScript computes; a client that does not read costs a thread, and nobody
 * else's time. While started and referenced it keeps its loop alive. It ends
 * cleanly with its loop, its Worker and its process.
 *
 * @example
 * const server = new ThreadPerConnectionServer({ host: '127.0.0.1', port: 7000 }).start();
 * process.once('SIGINT', () => server.stop());
 */
export class ThreadPerConnectionServer {
  readonly #where: IpAddress;
  readonly #backlog: number;
  readonly #loop: LoopCore | undefined;
  readonly #onError: ThreadPerConnectionOptions['onError'];
  readonly #server: ThreadServer;
  #handle: DoorbellHandle | undefined;
  #address: IpAddress | undefined;
  #referenced = true;

  /**
   * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE (a host that is
   *   no address)
   * @throws RangeError ERR_SOCKET_BAD_PORT, ERR_OUT_OF_RANGE
   */
  constructor(given: ThreadPerConnectionOptions = {}) {
    const {
      host = '0.0.0.0',
      port = 0,
      backlog = 511,
      stackBytes = Math.max(DEFAULT_STACK_BYTES, native.ThreadServer.minStackBytes),
      loop,
      onError,
    } = readOptions('options', given, NAMES);
    const { minStackBytes } = native.ThreadServer;
    this.#where = addressOf(host, port);
    this.#backlog = checkInteger('options.backlog', backlog, 1, 2 ** 31 - 1);
    checkInteger('options.stackBytes', stackBytes, minStackBytes, Number.MAX_SAFE_INTEGER);
    if (loop !== undefined && !LoopCore.isLoop(loop)) {
      throw invalidType('options.loop', 'an EventLoop');
    }
    if (onError !== undefined) checkFunction('options.onError', onError);
    this.#loop = loop;
    this.#onError = onError;
    this.#server = new native.ThreadServer(stackBytes);
  }

  /**
   * Listens and accepts. May be called again after `stop`.
   *
   * @throws SystemError EADDRINUSE, EACCES, EADDRNOTAVAIL (with `address` and
   *   `port`), EMFILE, EAGAIN (no thread to accept on); nothing is left open
   * @throws Error ERR_SERVER_ALREADY_LISTEN, ERR_LOOP_CLOSED
   * @throws TypeError ERR_INVALID_ARG_VALUE for a host such as 1.2.3.999
   */
  start(): this {
    if (this.#started) {
      throw codedError(Error, 'ERR_SERVER_ALREADY_LISTEN', 'the server is started already');
    }
    const loop = this.#loop ?? defaultLoop();
    const failure = this.#server.start(this.#where, this.#backlog);
    if (failure !== null) {
      const { errno, syscall } = failure;
      throw new SystemError(errno, syscall, detailsOf(this.#where));
    }
    const handle = new DoorbellHandle(loop, this.#server, (error) => this.#onError?.(error, this));
    if (!this.#referenced) handle.unref();
    try {
      handle.start(this.#server.doorbell, Interest.READ);
    } catch (error) {
      this.#server.stop();
      throw error;
    }
    this.#handle = handle;
    this.#address = this.#server.address as IpAddress;
    return this;
  }

  get #started(): boolean {
    return this.#handle?.active === true;
  }

  /** Where it listens, with the port that the kernel picked. Kept after `stop`. */
  get address(): IpAddress | undefined {
    return this.#address;
  }

  /** The figures of this moment, a new object each time. */
  get stats(): ThreadPerConnectionStats {
    return this.#server.stats();
  }

  /**
   * Accepts no more, shuts every connection down and joins every thread: when it
   * returns, all have ended and every descriptor is closed. Clients that do not
   * read do not delay it. Idempotent.
   */
  stop(): void {
    this.#handle?.close();
    this.#handle = undefined;
  }

  /** The same as `stop`. */
  close(): void {
    this.stop();
  }

  /** Lets the server keep its loop alive while it is started. Idempotent. */
  ref(): this {
    this.#referenced = true;
    this.#handle?.ref();
    return this;
  }

  /** Lets the loop, and so the process, end although it is started. Idempotent. */
  unref(): this {
    this.#referenced = false;
    this.#handle?.unref();
    return this;
  }

  /** Whether it keeps its loop alive while it is started. */
  hasRef(): boolean {
    return this.#referenced;
  }

  /** The same as `stop()`, for `using`. */
  [Symbol.dispose](): void {
    this.stop();
  }
}
