// EventLoop: the loop with everything that stands on it. The core knows neither
// handles nor requests; here they come together.

import type { Address } from '../binding/index.js';
import { LoopCore } from '../loop/drive.js';
import type { LoopParts } from '../loop/life.js';
import type { LoopOptions } from '../loop/options.js';
import { type ConnectOptions, connect, type ListenOptions, listen } from '../net/listen.js';
import type { Server } from '../net/server.js';
import type { Socket } from '../net/socket.js';
import { CryptoRequests } from '../pool/crypto/crypto.js';
import { FileRequests } from '../pool/fs/fs.js';
import { ThreadPool } from '../pool/pool.js';
import { type SignalCallback, SignalHandle } from '../process/signal.js';
import type { StreamHandlers } from '../stream/handlers.js';
import { type WatchCallback, Watcher, type WatchOptions } from '../watch/watcher.js';

/**
 * A loop: timers, handles and requests of one thread. It blocks the thread (`run`), or lives inside
 * the loop of the host (`attach`).
 */
export class EventLoop extends LoopCore {
  #pool: ThreadPool | undefined;
  #fs: FileRequests | undefined;
  #crypto: CryptoRequests | undefined;

  /** @throws TypeError, RangeError for a bad option; SystemError EMFILE, ENFILE, ENOMEM */
  constructor(options?: LoopOptions);
  /** @internal */
  constructor(options?: LoopOptions, parts?: LoopParts);
  constructor(options?: LoopOptions, parts?: LoopParts) {
    super(options, parts);
  }

  /** The threads for blocking work; made on first use. */
  get pool(): ThreadPool {
    this.#pool ??= new ThreadPool(this, { size: this.poolSize });
    return this.#pool;
  }

  /** Files, on the pool. */
  get fs(): FileRequests {
    this.#fs ??= new FileRequests(this.pool);
    return this.#fs;
  }

  /** Keys, on the pool. */
  get crypto(): CryptoRequests {
    this.#crypto ??= new CryptoRequests(this.pool);
    return this.#crypto;
  }

  /**
   * Listens for TCP connections. All sockets share `handlers`.
   *
   * @throws SystemError EADDRINUSE, EACCES, EADDRNOTAVAIL, EMFILE, ...; RangeError
   *   ERR_SOCKET_BAD_PORT; TypeError; Error ERR_LOOP_CLOSED
   * @example
   * loop.listen({ port: 7000 }, { data: (socket, chunk) => socket.write(chunk) });
   * @example
   * loop.listen<{ name: string }>({ port: 7000 }, {
   *   open: (socket) => { socket.data = { name: 'nobody' }; },
   *   data: (socket, chunk) => socket.write(`hello ${socket.data.name}`),
   * });
   */
  listen<Data = unknown>(
    options: ListenOptions & { fd: number },
    handlers: StreamHandlers<Data>,
  ): Server<Address>;
  listen<Data = unknown>(options: ListenOptions, handlers: StreamHandlers<Data>): Server;
  listen(options: ListenOptions, handlers: StreamHandlers): Server<Address> {
    return listen(this, options, handlers);
  }

  /**
   * Connects by TCP. Failure is told by `close(socket, error)`.
   *
   * @throws RangeError ERR_SOCKET_BAD_PORT; TypeError; SystemError EMFILE, ...; Error
   *   ERR_LOOP_CLOSED
   * @example
   * loop.connect({ port: 7000 }, { open: (socket) => socket.end('hello') });
   */
  connect<Data = unknown>(options: ConnectOptions, handlers: StreamHandlers<Data>): Socket<Data> {
    return connect(this, options, handlers) as Socket<Data>;
  }

  /**
   * Waits for any descriptor that the kernel can poll. It is borrowed: not read,
   * not written, not closed.
   *
   * @throws SystemError EPERM (a regular file, always ready: use `loop.fs`), EEXIST
   *   (waited for already), EBADF; TypeError, RangeError; Error ERR_LOOP_CLOSED
   * @example
   * loop.watch(fd, { read: true }, (ready, watcher) => { ... });
   */
  watch(fd: number, options: WatchOptions, callback: WatchCallback): Watcher {
    return new Watcher(this, fd, options, callback);
  }

  /**
   * Calls back each time a signal comes, instead of the signal's default action, beside
   * the host's own listeners and those of other loops and threads. It does not hold the
   * loop, unless `ref()` says so. What ends it is told: `callback(signal, handle, error)`.
   *
   * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE for a name that is no signal; SystemError
   *   EINVAL (SIGKILL, SIGSTOP and faults), EMFILE; Error ERR_LOOP_CLOSED
   * @example
   * loop.onSignal('SIGHUP', () => reload());
   */
  onSignal(signal: string, callback: SignalCallback): SignalHandle {
    return new SignalHandle(this, signal, callback);
  }
}
