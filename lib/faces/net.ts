// What the public loop has for TCP.

import type { ConnectOptions } from '../net/connect.js';
import type { StreamHandlers } from '../net/handlers.js';
import type { ListenOptions } from '../net/listen.js';
import type { Server } from '../net/server.js';
import type { Socket } from '../net/socket.js';
import * as families from './families.js';
import { WatchFace } from './watch.js';

export abstract class NetFace extends WatchFace {
  /**
   * Listens for TCP connections. All sockets share `handlers`.
   *
   * @throws SystemError EADDRINUSE, EACCES, EADDRNOTAVAIL, EMFILE, ...; RangeError
   *   ERR_SOCKET_BAD_PORT; TypeError; Error ERR_LOOP_CLOSED
   * @example
   * loop.listen({ port: 7000 }, { data: (socket, chunk) => socket.write(chunk) });
   */
  listen(options: ListenOptions, handlers: StreamHandlers): Server {
    return families.net().listen(this, options, handlers);
  }

  /**
   * Connects by TCP. Failure is told by `close(socket, error)`.
   *
   * @throws RangeError ERR_SOCKET_BAD_PORT; TypeError; SystemError EMFILE, ...; Error
   *   ERR_LOOP_CLOSED
   * @example
   * loop.connect({ port: 7000 }, { open: (socket) => socket.end('hello') });
   */
  connect(options: ConnectOptions, handlers: StreamHandlers): Socket {
    return families.net().connect(this, options, handlers);
  }
}
