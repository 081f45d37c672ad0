// loop.stream: a descriptor that was opened elsewhere, taken over as a stream of bytes: a
// pipe, FIFO, stream socket, terminal or character device. Everything is checked before the
// descriptor is touched, and one that is refused stays as it was, and the caller's.
import { throwIfAborted } from '../base/abort.js';
import { checkHandlerNames, type OptionNames, readOptions } from '../base/options.js';
import { checkDescriptor } from '../base/validate.js';
import type { HandleLoop } from '../loop/contract.js';
import { loopClosed } from '../loop/errors.js';
import { endOnAbort } from '../loop/when-closed.js';
import { Interest } from '../poller/interest.js';
import { HELD, READ_ENDED, WRITE_ENDED } from '../stream/flags.js';
import type { StreamGroup } from '../stream/group.js';
import { enter, type Handlers, NO_HANDLERS, type StreamOptions } from '../stream/handlers.js';
import { groupOf, HANDLER_NAMES, streamSettings } from '../stream/options.js';
import { type PeerCredentials, peerCredentialsOf } from '../stream/peer.js';
import { destroyBy, opened, Stream } from '../stream/stream.js';
import { type Description, giveBack, withDescription } from './description.js';
import { type Kind, kindOf } from './kind.js';

/** What `loop.stream` takes beside the descriptor: as `StreamOptions`, without TCP's. */
export interface DescriptorOptions extends Omit<StreamOptions, 'noDelay'> {}

/**
 * Called by the loop; all are optional. `open` comes before anything is read. As to promises,
 * and to `Data`, see `StreamHandlers`.
 */
export interface DescriptorHandlers<Data = unknown> extends Handlers<DescriptorStream<Data>> {}

const NAMES: OptionNames<DescriptorOptions> = {
  highWaterMark: true,
  maxBufferedBytes: true,
  chunks: true,
  allowHalfOpen: true,
  signal: true,
  idleTimeoutMs: true,
};

/**
 * A descriptor that `loop.stream` took over. `Data` is the type of its `data`, which
 * `loop.stream<Data>` says for its handlers.
 */
export class DescriptorStream<Data = unknown> extends Stream {
  /** Yours: what belongs to this one stream. Undefined until you set it. */
  declare data: Data;
  readonly #kind: Kind;
  readonly #isOwn: boolean;

  /** @internal Use `loop.stream`. */
  constructor(loop: HandleLoop, group: StreamGroup, kind: Kind, isOwn: boolean) {
    super(loop, group);
    this.#kind = kind;
    this.#isOwn = isOwn;
  }

  override get kind(): string {
    return 'DescriptorStream';
  }

  /** @internal */
  override get label(): string {
    return `${this.kind} of ${this.#kind.name} ${this.handleFd}`;
  }

  /** @internal */
  override facts(): string[] {
    return [this.#kind.name];
  }

  /**
   * Who is at the other end of a Unix socket: the process that connected, listened or made the
   * pair, as the kernel noted it then.
   *
   * @throws SystemError ENOTCONN, ENOTSUP (no Unix socket); Error ERR_HANDLE_CLOSED. See
   *   SO_PEERCRED in unix(7).
   */
  peerCredentials(): PeerCredentials {
    return peerCredentialsOf(this);
  }

  /** Moves the bytes of `fd` from here on. @internal */
  takeOver(fd: number): void {
    const { name, writable } = this.#kind;
    // One terminal is stdin and stdout alike: who has no use for what is typed leaves it to
    // whoever has. Without any handlers `for await` shows whether there is a use.
    const { handlers } = this.group;
    const isTerminal = name === 'terminal';
    const isRead = !isTerminal || handlers.data !== undefined || handlers === NO_HANDLERS;
    const readable = this.#kind.readable && isRead;
    this.start(fd, Interest.READ);
    // The half that there is not has ended from the start.
    if (!readable) this.flags |= READ_ENDED;
    if (!writable) this.flags |= WRITE_ENDED;
    if (isTerminal && handlers === NO_HANDLERS) this.flags |= HELD;
    this.begin();
  }

  /** @internal */
  override releaseDescriptor(): number {
    const fd = super.releaseDescriptor();
    if (this.#isOwn) giveBack(fd, this.#kind);
    return fd;
  }
}

/** As a connection's `open`: not from inside the call that makes it. */
function openLater(stream: DescriptorStream): void {
  if (stream.group.handlers.open === undefined) return;
  const open = () => {
    if (!stream.open) return;
    enter(stream, 'open');
    opened(stream);
  };
  stream.loop.defer(() => stream.enter(open), stream);
}

/** Takes over a descriptor. */
export function stream(
  loop: HandleLoop,
  fd: number,
  given: DescriptorOptions,
  handlers: DescriptorHandlers = NO_HANDLERS,
): DescriptorStream {
  checkDescriptor('fd', fd);
  const options = readOptions('options', given, NAMES);
  checkHandlerNames('handlers', handlers, HANDLER_NAMES);
  const settings = streamSettings(options);
  const { signal } = settings;
  throwIfAborted(signal);
  if (loop.closed) throw loopClosed();
  const kind = kindOf(fd);
  const take = ({ transfer, isOwn }: Description) => {
    const group = groupOf(settings, handlers, undefined, undefined, transfer);
    const stream = new DescriptorStream(loop, group, kind, isOwn);
    stream.takeOver(fd);
    return stream;
  };
  const made = loop.holdings.owner.adopt(fd, () =>
    withDescription({ fd, kind, poller: loop.poller }, take),
  );
  openLater(made);
  if (signal !== undefined) endOnAbort(made, signal, destroyBy);
  return made;
}
