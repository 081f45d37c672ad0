// What the tests of Unix sockets share: places, and both ends of a connection.
import { join } from 'node:path';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import type { StreamHandlers } from '../../lib/net/handlers.js';
import type { ListenOptions } from '../../lib/net/listen.js';
import type { Server } from '../../lib/net/server.js';
import type { Socket } from '../../lib/net/socket.js';
import type { UnixAddress } from '../../lib/raw/index.js';
import { temporaryFolder } from '../support/folder.js';

export const isLinux = process.platform === 'linux';
/** macOS has no sockets of Unix that keep the bounds of records. */
export const TYPES: ('stream' | 'seqpacket')[] =
  process.platform === 'darwin' ? ['stream'] : ['stream', 'seqpacket'];
export type Type = (typeof TYPES)[number];

/** A path of the test's own. */
export function somePath(): string {
  return join(temporaryFolder(), 'socket');
}

let names = 0;
/** An abstract name of the test's own. */
export function someName(): string {
  return `\0rawloop-test-${process.pid}-${names++}`;
}

export interface Connection {
  readonly server: Server<UnixAddress>;
  readonly client: Socket;
  readonly path: string;
}

/** A server that stops listening with its first connection, and a client of it. */
export function connection(
  loop: EventLoop,
  type: Type,
  serving: StreamHandlers,
  asking: StreamHandlers,
  options: Omit<ListenOptions, 'path'> = {},
): Connection {
  const path = somePath();
  const server = loop.listen(
    { path, type, ...options },
    {
      ...serving,
      open: (socket) => {
        server.close();
        return serving.open?.(socket);
      },
    },
  );
  const client = loop.connect({ path, type }, asking);
  return { server, client, path };
}
