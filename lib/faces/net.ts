// What the public loop has for TCP and Unix sockets.

import type { Address, IpAddress, UnixAddress } from '../binding/index.js';
import type { HostResolver } from '../net/by-name.js';
import type { ConnectOptions } from '../net/connect.js';
import type { StreamHandlers } from '../net/handlers.js';
import type { ListenOptions } from '../net/listen.js';
import type { Server } from '../net/server.js';
import type { Socket } from '../net/socket.js';
import * as families from './families.js';
import { WatchFace } from './watch.js';

/** What a loop has for TCP and Unix sockets. Use `EventLoop`. */
export abstract class NetFace extends WatchFace {
  /** @internal Who looks names up: a face above. */
  abstract readonly dns: HostResolver;

  /**
   * Listens for connections, of TCP at a host and a port, or of a Unix socket at a path. All
   * sockets share `handlers`. When they are left out, connections wait in the backlog for who
   * iterates the server.
   *
   * @throws SystemError EADDRINUSE, EACCES, EADDRNOTAVAIL, EMFILE, ENAMETOOLONG (a path over 107
   *   bytes), ...; RangeError ERR_SOCKET_BAD_PORT; TypeError; Error ERR_LOOP_CLOSED,
   *   ERR_FEATURE_UNAVAILABLE_ON_PLATFORM (abstract names, 'seqpacket')
   * @example
   * loop.listen({ port: 7000 }, { data: (socket, chunk) => socket.write(chunk) });
   * @example
   * for await (const socket of loop.listen({ port: 7000 })) socket.end('hello');
   * @example
   * loop.listen({ path: '/run/app.sock', mode: 0o660 }, {
   *   data: (socket, chunk, fds) => socket.write(`${chunk.length} bytes, ${fds?.length ?? 0} fds`),
   * });
   * @example
   * loop.listen<{ name: string }>({ port: 7000 }, {
   *   open: (socket) => { socket.data = { name: 'nobody' }; },
   *   data: (socket, chunk) => socket.write(`hello ${socket.data.name}`),
   * });
   */
  listen<Data = unknown>(
    options: ListenOptions & { fd: number },
    handlers?: StreamHandlers<Data>,
  ): Server<Address, Socket<Data>>;
  listen<Data = unknown>(
    options: ListenOptions & { path: string },
    handlers?: StreamHandlers<Data>,
  ): Server<UnixAddress, Socket<Data>>;
  listen<Data = unknown>(
    options: ListenOptions,
    handlers?: StreamHandlers<Data>,
  ): Server<IpAddress, Socket<Data>>;
  listen(options: ListenOptions, handlers?: StreamHandlers): Server<Address, Socket> {
    return families.net().listen(this, options, handlers);
  }

  /**
   * Connects by TCP, or to a Unix socket at a path. The addresses of a host that is told by its
   * name are tried one a little after the other, and the first that is connected is it; when none
   * is, the error has all of theirs in `errors`. Failure is told by `close(socket, error)`, and
   * by `socket.opened`; an `error` handler is a server's, of an object that both share, and is not
   * called here. When the handlers are left out nothing that comes is lost: it waits, up to
   * `highWaterMark` bytes of it here and the rest in the kernel, for who iterates the socket.
   *
   * @throws RangeError ERR_SOCKET_BAD_PORT; TypeError; SystemError EMFILE, ...; Error
   *   ERR_LOOP_CLOSED
   * @example
   * loop.connect({ port: 7000 }, { open: (socket) => socket.end('hello') });
   * @example
   * const socket = await loop.connect({ port: 7000, timeoutMs: 5000 }).opened;
   * socket.end('hello');
   * for await (const chunk of socket) process.stdout.write(chunk);
   */
  connect<Data = unknown>(options: ConnectOptions, handlers?: StreamHandlers<Data>): Socket<Data> {
    return families.net().connect(this, options, handlers, () => this.dns) as Socket<Data>;
  }
}
