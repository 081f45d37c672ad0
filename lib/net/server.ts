// A listening socket: accepts until there is no more to accept, and backs off instead of
// spinning when it is refused. See listen(2), accept4(2).
//
// What accept4 may say, and what each does:
// - EAGAIN: nobody waits. EINTR is retried in native code.
// - GONE: the connection ended while it waited (Linux also passes on network errors that
//   came for it). The next one is taken.
// - FATAL: there is no listening socket any more. The server closes and tells.
// - all others, out of descriptors or memory (EMFILE, ENFILE, ENOBUFS, ENOMEM), refused by
//   a firewall or a filter of system calls (EPERM, ENOSYS), and whatever else there is:
//   it may pass. Told once a pause; who waits stays in the backlog until then.
import { type Address, type IpAddress, native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import type { Handle } from '../loop/handle.js';
import { IN_CONTEXT } from '../loop/handle-flags.js';
import type { OutputLimit } from '../loop/output-limits.js';
import type { Timer } from '../loop/time/timer.js';
import { runCleanup } from '../loop/when-closed.js';
import { Interest } from '../poller/interest.js';
import { constant, constants } from '../raw/constants.js';
import { check, systemError } from '../raw/errors.js';
import { SocketHandle } from '../socket-options/handle.js';
import type { StreamGroup, StreamSettings } from '../stream/group.js';
import type { Handlers, Returned } from '../stream/handlers.js';
import { groupOf } from '../stream/options.js';
import { nextRetryMs } from '../stream/sending.js';
import { opened, Stream } from '../stream/stream.js';
import type { BoundPath } from '../unix/path.js';
import { addressText } from './endpoint.js';
import type { Listening } from './listening.js';

const SOCK_NONBLOCK = constant('SOCK_NONBLOCK');
const EAGAIN = -constant('EAGAIN');
/** -errno of those names that the platform has. */
const errnos = (...names: string[]) =>
  new Set(names.flatMap((name) => (constants[name] === undefined ? [] : -constants[name])));
const GONE = errnos(
  'ECONNABORTED',
  'EPROTO',
  'ENETDOWN',
  'ENOPROTOOPT',
  'EHOSTDOWN',
  'ENONET',
  'EHOSTUNREACH',
  'ENETUNREACH',
);
const FATAL = errnos('EBADF', 'EINVAL', 'ENOTSOCK', 'EOPNOTSUPP');

/** One server's share of a turn. */
const MAX_ACCEPTS = 64;

/** What a server tells of itself. */
export interface ServerHandlers {
  /**
   * A server could not accept: it tries again by itself, at most a second later. If it is
   * closed (`server.isClosed`) it gave up; without this handler that is thrown by the loop.
   */
  error?(server: Server<Address>, error: Error): Returned;
}

/** What the streams of a server share. */
interface ServerGroup extends StreamGroup {
  readonly owner: Server<Address> | undefined;
}

/** What a server makes of each connection: the stream class is its family's. */
export type NewStream = (loop: HandleLoop, group: ServerGroup) => Stream;

/**
 * A listening socket: what `loop.listen` returns. `Where` is what its address is: of any
 * family where the socket was inherited. See listen(2), accept4(2).
 */
export class Server<Where extends Address = IpAddress> extends SocketHandle {
  readonly #newStream: NewStream;
  readonly #handlers: ServerHandlers;
  readonly #group: ServerGroup;
  readonly #address: Where;
  readonly #output: OutputLimit;
  readonly #bound: BoundPath | undefined;
  #connections = 0;
  #backoffMs = 0;
  #retry: Timer | undefined;

  /** @internal Use `loop.listen`. The socket is owned from here on. */
  constructor(
    loop: HandleLoop,
    { fd, transfer, bound }: Listening,
    newStream: NewStream,
    handlers: Handlers<Handle> & ServerHandlers,
    settings: StreamSettings,
    maxBytes: number,
  ) {
    super(loop);
    this.#newStream = newStream;
    this.#handlers = handlers;
    this.#output = { of: 'server', maxBytes, heldBytes: 0 };
    this.#group = groupOf(settings, handlers, this, this.#output, transfer);
    this.#bound = bound;
    this.#address = check(native.getsockname(fd) as Where | number, 'getsockname');
    this.keepContext();
    this.start(fd, Interest.READ);
    this.own();
    if (bound !== undefined) loop.holdings.add(bound);
  }

  override get kind(): string {
    return 'Server';
  }

  /** @internal */
  override get label(): string {
    return `Server ${addressText(this.#address)}`;
  }

  /** Where it listens, with the port that the kernel picked. Kept after `close`. */
  get address(): Where {
    return this.#address;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#connections;
  }

  /** Memory that the output of its sockets takes which peers did not read yet. */
  get bufferedBytes(): number {
    return this.#output.heldBytes;
  }

  /**
   * Stops listening. Connections live on; see `destroy`. The file of a Unix socket goes as the
   * handle closes, unless it is another's by then. Idempotent.
   */
  close(): void {
    this.loop.clearTimeout(this.#retry);
    this.beginClose();
  }

  /** Stops listening and destroys every connection. */
  destroy(): void {
    this.close();
    // No list of its own: it would cost more than the half of a connection.
    for (const handle of this.loop.table.handles) {
      if (handle instanceof Stream && handle.group === this.#group) handle.destroy();
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
    const opens = this.#group.handlers.open !== undefined;
    let gone = 0;
    for (let i = 0; i < MAX_ACCEPTS && this.active; i++) {
      const fd = native.accept4(this.handleFd, SOCK_NONBLOCK);
      if (fd < 0) {
        if (fd === EAGAIN) return;
        // Nothing but such connections for a whole turn is no accident.
        if (GONE.has(fd) && ++gone < MAX_ACCEPTS) continue;
        this.#acceptFailed(fd);
        return;
      }
      if (!this.#open(fd)) return;
      // With no handler to call there is no callback to account for.
      if (opens && i < MAX_ACCEPTS - 1) this.loop.betweenCallbacks(this);
    }
  }

  /** @internal That it is over is told in any case: without a handler by a throw of the loop. */
  override onFailed(error: Error): void {
    if (this.#handlers.error === undefined) throw error;
    this.#handlers.error(this, error);
  }

  /** @internal */
  onClosed(): void {
    runCleanup(this);
    if (this.#bound === undefined) {
      this.closeOwned();
      return;
    }
    this.loop.holdings.drop(this.#bound);
    this.#bound.closeWith(() => this.closeOwned());
  }

  /** @internal */
  override describe(): string {
    return 'Server open';
  }

  /** @internal */
  override facts(): string[] {
    return [addressText(this.#address), `connections: ${this.#connections}`];
  }

  /** False when it could not be served: the others wait for a while. */
  #open(fd: number): boolean {
    const stream = this.#newStream(this.loop, this.#group);
    try {
      stream.startOpen(fd);
    } catch (error) {
      // epoll's own limit (ENOSPC, ENOMEM): this connection cannot be served.
      native.close(fd);
      this.#backOff();
      this.#handlers.error?.(this, error as Error);
      return false;
    }
    this.#backoffMs = 0;
    this.#connections++;
    if ((stream.flags & IN_CONTEXT) === 0) opened(stream);
    else stream.enter(() => opened(stream));
    return true;
  }

  #acceptFailed(result: number): void {
    const error = systemError(result, 'accept4');
    if (FATAL.has(result)) {
      this.failWith(error);
      return;
    }
    this.#backOff();
    this.#handlers.error?.(this, error);
  }

  /** Who waits stays in the backlog, and is served once a descriptor is free. */
  #backOff(): void {
    this.#backoffMs = nextRetryMs(this.#backoffMs);
    this.setInterest(0);
    this.#retry = this.loop.setTimeout(() => this.setInterest(Interest.READ), this.#backoffMs);
    // The server itself keeps the loop alive, if it is to.
    this.#retry.unref();
  }
}
