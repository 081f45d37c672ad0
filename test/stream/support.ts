// What the tests of handles share: a server on a port of its own, handlers that
// write down what happens, and data in many pieces.
import type { EventLoop } from '../../lib/faces/event-loop.js';
import type { StreamHandlers } from '../../lib/net/handlers.js';
import type { ListenOptions } from '../../lib/net/listen.js';
import type { Server } from '../../lib/net/server.js';
import type { Socket } from '../../lib/net/socket.js';
import type { IpAddress } from '../../lib/raw/index.js';

/** Listens on a port that the kernel picks, of the IPv4 loopback unless told otherwise. */
export function serve(
  loop: EventLoop,
  handlers: StreamHandlers,
  options: ListenOptions = {},
): { server: Server<IpAddress, Socket>; host: string; port: number } {
  const server = loop.listen({ host: '127.0.0.1', port: 0, ...options }, handlers);
  const { address, port } = server.address as IpAddress;
  return { server, host: address, port };
}

/** Collects the bytes of one or more sockets, each by a name that is its `data`. */
export class Received {
  readonly #chunks = new Map<unknown, Buffer[]>();

  add(name: unknown, chunk: Uint8Array): void {
    const chunks = this.#chunks.get(name) ?? [];
    chunks.push(Buffer.from(chunk));
    this.#chunks.set(name, chunks);
  }

  of(name: unknown): Buffer {
    return Buffer.concat(this.#chunks.get(name) ?? []);
  }

  /** All of it as text, for tests with one socket. */
  get text(): string {
    return Buffer.concat([...this.#chunks.values()].flat()).toString();
  }
}

/** Handlers that write down their calls as 'open', 'data hello', 'close ECONNRESET'. */
export function recording(events: string[], prefix = ''): StreamHandlers {
  return {
    open: () => events.push(`${prefix}open`),
    data: (_, chunk) => events.push(`${prefix}data ${Buffer.from(chunk).toString()}`),
    drain: () => events.push(`${prefix}drain`),
    end: () => events.push(`${prefix}end`),
    close: (_, error) => {
      const code = (error as { code?: string } | undefined)?.code;
      events.push(code === undefined ? `${prefix}close` : `${prefix}close ${code}`);
    },
  };
}

/**
 * For a child: `driveIn(mode, loop, then)` runs or attaches a loop and calls `then` when
 * nothing keeps it alive; `raise` sends this process a signal.
 */
export const DRIVE = `
  const driveIn = (mode, loop, then) => {
    if (mode === 'owned') return setImmediate(() => { loop.run(); then(); });
    loop.attach();
    const look = () => (loop.alive ? setTimeout(look, 1) : then());
    look();
  };
  /** Calls \`then\` a little after \`condition\` holds, so that too much is seen as well. */
  const until = (condition, then) => {
    if (condition()) setTimeout(then, 5);
    else setTimeout(until, 1, condition, then);
  };
  const raise = (signal) => process.kill(process.pid, signal);
`;
