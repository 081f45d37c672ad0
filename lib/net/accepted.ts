// `for await (const socket of server)`: connections that were accepted and that nobody took
// yet. A few are accepted ahead, and nothing is read of them: what their peers sent waits in
// the kernel. The rest stays in the backlog until somebody asks.
import { abortError } from '../base/abort.js';
import { Arrivals, type Source } from '../base/arrivals.js';
import type { Handle } from '../loop/handle.js';
import { HELD } from '../stream/flags.js';
import type { StreamGroup } from '../stream/group.js';
import type { Stream } from '../stream/stream.js';
import { keepUnread } from '../stream/unread.js';
import { type Accepting, Hold } from './accepting.js';

/** How many are accepted before they are asked for: a turn of them costs one look. */
const AHEAD = 8;

export class Accepted<Connection extends Stream> implements Source<Connection> {
  readonly sockets = new Arrivals<Connection>(this);
  readonly #server: Handle;
  readonly #group: StreamGroup;
  readonly #accepting: Accepting;

  constructor(server: Handle, group: StreamGroup, accepting: Accepting) {
    this.#server = server;
    this.#group = group;
    this.#accepting = accepting;
    accepting.release(Hold.UNASKED);
  }

  /** `stream` is about to start: it waits until it is taken, unless `data` is there to hear. */
  prepare(stream: Stream): void {
    if (this.#group.handlers.data !== undefined) return;
    keepUnread(stream);
    if (!this.sockets.isAwaited) stream.flags |= HELD;
  }

  /** It has started. */
  add(stream: Connection): void {
    if (!this.sockets.push(stream)) stream.readOn();
    if (this.sockets.size >= AHEAD) this.#accepting.hold(Hold.UNASKED);
  }

  taken(stream: Connection): void {
    stream.readOn();
    this.#accepting.release(Hold.UNASKED);
  }

  asked(): void {
    this.#accepting.release(Hold.UNASKED);
  }

  /** The server has closed. Those that wait are taken all the same, unless it was called off. */
  close(error: Error | undefined): void {
    const { signal } = this.#group;
    const aborted = signal?.aborted === true;
    if (aborted) this.drop();
    this.sockets.end(aborted ? abortError(signal) : error);
  }

  /** Nobody will take those that wait. */
  drop(): void {
    for (const stream of this.sockets.drop()) stream.destroy();
  }

  left(): void {
    this.drop();
    this.#server.close();
  }

  ended(): void {}
}
