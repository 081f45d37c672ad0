// A listening socket: accepts until there is no more to accept, and backs off when
// descriptors or memory run out instead of spinning. See listen(2), accept4(2).
import { type Address, native } from '../binding/index.js';
import type { LoopCore } from '../loop/core.js';
import { Handle } from '../loop/handle.js';
import type { Timer } from '../loop/timer.js';
import { Interest } from '../poller/interest.js';
import { constant } from '../raw/constants.js';
import { SystemError } from '../raw/errors.js';
import type { StreamHandlers } from './handlers.js';
import { Socket } from './socket.js';
import type { StreamGroup, StreamSettings } from './stream-options.js';
import { runCleanup } from './when-closed.js';

const SOCK_NONBLOCK = constant('SOCK_NONBLOCK');
const EAGAIN = -constant('EAGAIN');
/** Out of something that comes back: wait for it. */
const EXHAUSTED = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'].map((name) => -constant(name)));
/** What is wrong with the listening socket itself. */
const FATAL = new Set(['EBADF', 'EINVAL', 'ENOTSOCK', 'EOPNOTSUPP'].map((name) => -constant(name)));

/** One server's share of a turn. */
const MAX_ACCEPTS = 64;
const FIRST_BACKOFF_MS = 5;
const MAX_BACKOFF_MS = 1000;

export class Server extends Handle {
  readonly #group: StreamGroup;
  readonly #address: Address | undefined;
  #connections = 0;
  #backoffMs = 0;
  #retry: Timer | undefined;
  #error: Error | undefined;

  /** @internal Use `loop.listen`. `fd` is a listening, non-blocking socket, owned from here on. */
  constructor(loop: LoopCore, fd: number, handlers: StreamHandlers, settings: StreamSettings) {
    super(loop);
    this.#group = { ...settings, handlers, server: this };
    const address = native.getsockname(fd);
    this.#address = typeof address === 'number' ? undefined : address;
    this.keepContext('Server');
    this.start(fd, Interest.READ);
    loop.holdings.own(fd);
  }

  /** Where it listens, with the port that the kernel picked. Kept after `close`. */
  get address(): Address | undefined {
    return this.#address;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#connections;
  }

  /** The error that closed it, if one did. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Stops listening. Connections live on; see `destroy`. Idempotent. */
  close(): void {
    this.loop.clearTimeout(this.#retry);
    this.beginClose();
  }

  /** Stops listening and destroys every connection. */
  destroy(): void {
    this.close();
    // No list of its own: it would cost more than the half of a connection.
    for (const handle of this.loop.table.handles) {
      if (handle instanceof Socket && handle.server === this) handle.destroy();
    }
  }

  /** @internal */
  forget(): void {
    this.#connections--;
  }

  /** @internal */
  onReady(): void {
    // One at a time: were the rest taken at once, a throwing handler would lose it.
    // What stays in the kernel is reported again.
    for (let i = 0; i < MAX_ACCEPTS && this.active; i++) {
      const fd = native.accept4(this.handleFd, SOCK_NONBLOCK);
      if (fd === EAGAIN) return;
      if (fd < 0) {
        // Any other error is that of a connection that went away meanwhile.
        if (!EXHAUSTED.has(fd) && !FATAL.has(fd)) continue;
        this.#acceptFailed(fd);
        return;
      }
      this.#open(fd);
      if (i < MAX_ACCEPTS - 1) this.loop.betweenCallbacks(this);
    }
  }

  /** @internal */
  onPollError(error: Error): void {
    this.#error = error;
    this.close();
  }

  /** @internal */
  onClosed(): void {
    runCleanup(this);
    this.loop.holdings.close(this.handleFd);
  }

  /** @internal */
  override describe(): string {
    return 'Server open';
  }

  #open(fd: number): void {
    this.#backoffMs = 0;
    const socket = new Socket(this.loop, this.#group);
    try {
      socket.startOpen(fd);
    } catch (error) {
      // epoll's own limit (ENOSPC, ENOMEM): this connection cannot be served.
      native.close(fd);
      this.#group.handlers.error?.(this, error as Error);
      return;
    }
    this.#connections++;
    socket.enter(() => this.#group.handlers.open?.(socket));
  }

  #acceptFailed(result: number): void {
    const error = new SystemError(result, 'accept4');
    if (FATAL.has(result)) this.onPollError(error);
    else this.#backOff();
    this.#group.handlers.error?.(this, error);
  }

  /** Who waits stays in the backlog, and is served once a descriptor is free. */
  #backOff(): void {
    this.#backoffMs = Math.min(Math.max(this.#backoffMs * 2, FIRST_BACKOFF_MS), MAX_BACKOFF_MS);
    this.setInterest(0);
    this.#retry = this.loop.setTimeout(() => this.setInterest(Interest.READ), this.#backoffMs);
    // The server itself keeps the loop alive, if it is to.
    this.#retry.unref();
  }
}
