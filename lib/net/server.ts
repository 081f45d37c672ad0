// A listening socket: accepts until there is no more to accept, and backs off instead of
// spinning when it is refused; what each refusal does is accept-errors.ts's. When it accepts at
// all is accepting.ts's, and `for await` accepted.ts's. See listen(2), accept4(2).
import { type Address, type IpAddress, native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import type { Handle } from '../loop/handle.js';
import { IN_CONTEXT } from '../loop/handle-flags.js';
import type { OutputLimit } from '../loop/output-limits.js';
import { runCleanup } from '../loop/when-closed.js';
import { constant } from '../raw/constants.js';
import { check, systemError } from '../raw/errors.js';
import { SocketHandle } from '../socket-options/handle.js';
import type { StreamGroup, StreamSettings } from '../stream/group.js';
import { type Handlers, NO_HANDLERS, type Returned } from '../stream/handlers.js';
import { groupOf } from '../stream/options.js';
import { opened, Stream } from '../stream/stream.js';
import { invalidState } from '../stream/unread.js';
import type { BoundPath } from '../unix/path.js';
import { FATAL, GONE, NOBODY } from './accept-errors.js';
import { Accepted } from './accepted.js';
import { Accepting, type AcceptLimits, Hold } from './accepting.js';
import { addressText } from './endpoint.js';
import type { Listening } from './listening.js';
import { resetAtClose } from './open.js';

const SOCK_NONBLOCK = constant('SOCK_NONBLOCK');
/** One server's share of a turn. */
const MAX_ACCEPTS = 64;

/** What a server tells of itself. */
export interface ServerHandlers {
  /**
   * A server could not accept: it tries again by itself, at most a second later. If it is
   * closed (`server.isClosed`) it gave up; without this handler that is thrown by the loop. What
   * `loop.connect` makes never calls it: there `close` tells what was wrong.
   */
  error?(server: Server<Address>, error: Error): Returned;
}

/** What the streams of a server share. */
interface ServerGroup<Connection extends Stream> extends StreamGroup {
  readonly owner: Server<Address, Connection> | undefined;
}

/** What is limited for all connections of a server together. */
export interface ServerLimits extends AcceptLimits {
  /** Of their queued output. */
  readonly maxBufferedBytes: number;
}

/** What a server makes of each connection: the stream class is its family's. */
export type NewStream<Connection extends Stream> = (
  loop: HandleLoop,
  group: ServerGroup<Connection>,
) => Connection;

/**
 * A listening socket: what `loop.listen` returns. `Where` is what its address is: of any
 * family where the socket was inherited, `Connection` what it accepts. See listen(2), accept4(2).
 */
export class Server<
  Where extends Address = IpAddress,
  Connection extends Stream = Stream,
> extends SocketHandle {
  readonly #newStream: NewStream<Connection>;
  readonly #handlers: ServerHandlers;
  readonly #group: ServerGroup<Connection>;
  readonly #address: Where;
  readonly #output: OutputLimit;
  readonly #limits: ServerLimits;
  readonly #accepting = new Accepting(this);
  #accepted: Accepted<Connection> | undefined;
  readonly #bound: BoundPath | undefined;
  #connections = 0;
  #refused = 0;

  /** @internal Use `loop.listen`. The socket is owned from here on. */
  constructor(
    loop: HandleLoop,
    { fd, transfer, bound }: Listening,
    newStream: NewStream<Connection>,
    handlers: Handlers<Handle> & ServerHandlers,
    settings: StreamSettings,
    limits: ServerLimits,
  ) {
    super(loop);
    this.#newStream = newStream;
    this.#handlers = handlers;
    this.#limits = limits;
    this.#output = { of: 'server', maxBytes: limits.maxBufferedBytes, heldBytes: 0 };
    this.#group = groupOf(settings, handlers, this, this.#output, transfer);
    this.#bound = bound;
    this.#address = check(native.getsockname(fd) as Where | number, 'getsockname');
    this.keepContext();
    // Without handlers there is nobody to serve a connection until somebody asks for one.
    if (handlers === NO_HANDLERS) this.#accepting.hold(Hold.UNASKED);
    this.start(fd, this.#accepting.interest);
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

  /** Those connections themselves, in no order: an array of now, made by a look at all handles. */
  get sockets(): Connection[] {
    // No list of its own: it would cost more than the half of a connection.
    return this.loop.table.handles.filter(
      (handle) => handle instanceof Stream && handle.group.owner === this,
    ) as Connection[];
  }

  /** How many were reset as they came, above `maxConnections`; see `whenFull`. */
  get refused(): number {
    return this.#refused;
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
    this.#accepting.end();
    this.beginClose();
  }

  /** Stops listening and destroys every connection. */
  destroy(): void {
    this.close();
    this.#accepted?.drop();
    for (const socket of this.sockets) socket.destroy();
  }

  /**
   * Its connections, as they are asked for: a few are accepted ahead, others wait in the
   * backlog. Without a `data` handler nothing is read of a connection before it is taken, and
   * nothing is lost after that: what it sends waits for who iterates it. Ends when the server
   * is closed; throws the error that closed it, an AbortError when its signal aborted. Leaving
   * the loop closes the server. What it accepted lives on.
   *
   * @throws Error ERR_INVALID_STATE when it is iterated already
   * @example
   * for await (const socket of server) serve(socket).catch(report);
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Connection> {
    if (this.#accepted !== undefined) throw invalidState('the Server is iterated already');
    this.#accepted = new Accepted(this, this.#group, this.#accepting);
    if (this.isClosed) this.#accepted.close(this.error);
    return this.#accepted.sockets;
  }

  /** @internal */
  forget(): void {
    this.#connections--;
    this.#accepting.release(Hold.FULL);
  }

  /** @internal */
  onReady(): void {
    // One at a time: were the rest taken at once, a throwing handler would lose it.
    // What stays in the kernel is reported again.
    const opens = this.#group.handlers.open !== undefined;
    let gone = 0;
    for (let i = 0; i < MAX_ACCEPTS && this.#accepting.isOn; i++) {
      const fd = native.accept4(this.handleFd, SOCK_NONBLOCK);
      if (fd < 0) {
        if (fd === NOBODY) return;
        // Nothing but such connections for a whole turn is no accident.
        if (GONE.has(fd) && ++gone < MAX_ACCEPTS) continue;
        this.#acceptFailed(fd);
        return;
      }
      if (this.#isFull) this.#refuse(fd);
      else if (!this.#open(fd)) return;
      // With no handler to call there is no callback to account for.
      if (opens && i < MAX_ACCEPTS - 1) this.loop.betweenCallbacks(this);
    }
  }

  /** @internal That it is over is told in any case: without a handler by a throw of the loop. */
  override onFailed(error: Error): void {
    if (this.#handlers.error !== undefined) this.#handlers.error(this, error);
    else if (this.#accepted === undefined) throw error;
  }

  /** @internal */
  onClosed(): void {
    runCleanup(this);
    this.#accepted?.close(this.error);
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

  get #isFull(): boolean {
    return this.#connections >= this.#limits.maxConnections;
  }

  #refuse(fd: number): void {
    this.#refused++;
    resetAtClose(fd);
    native.close(fd);
  }

  /** False when it could not be served: the others wait for a while. */
  #open(fd: number): boolean {
    const stream = this.#newStream(this.loop, this.#group);
    this.#accepted?.prepare(stream);
    try {
      stream.startOpen(fd);
    } catch (error) {
      // epoll's own limit (ENOSPC, ENOMEM): this connection cannot be served.
      native.close(fd);
      this.#accepting.backOff();
      this.#handlers.error?.(this, error as Error);
      return false;
    }
    this.#accepting.served();
    this.#connections++;
    if (this.#isFull && !this.#limits.refuses) this.#accepting.hold(Hold.FULL);
    // Before the handler, which may throw: who iterates gets it all the same.
    this.#accepted?.add(stream);
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
    this.#accepting.backOff();
    this.#handlers.error?.(this, error);
  }
}
