// What the tests of rawloop/node share: both ends of a connection, and what a Duplex emits.
import type { Duplex } from 'node:stream';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import type { Socket } from '../../lib/net/socket.js';
import { type SocketDuplex, type ToDuplexOptions, toDuplex } from '../../lib/node/index.js';
import { serve } from '../stream/support.js';

/** Both ends of a TCP connection of `loop`, which is driven by the caller: `use` gets them. */
export function withPair(
  loop: EventLoop,
  use: (mine: SocketDuplex, theirs: Socket) => void,
  options: ToDuplexOptions = {},
  handlers = {},
): void {
  let theirs: Socket | undefined;
  let mine: SocketDuplex | undefined;
  const both = () => {
    if (theirs !== undefined && mine !== undefined) use(mine, theirs);
  };
  const { server, port } = serve(loop, {
    open(socket) {
      server.close();
      mine = toDuplex(socket, options);
      both();
    },
  });
  loop.connect(
    { port },
    {
      ...handlers,
      open(socket) {
        theirs = socket;
        both();
      },
    },
  );
}

/** Writes down what `duplex` emits, as 'end', 'error ECONNRESET', 'close'. */
export function noting(duplex: Duplex, events: string[] = []): string[] {
  for (const name of ['connect', 'ready', 'end', 'finish', 'timeout', 'drain', 'close']) {
    duplex.on(name, () => events.push(name));
  }
  duplex.on('error', ({ code, message }: Error & { code?: string }) =>
    events.push(`error ${code ?? message}`),
  );
  return events;
}
