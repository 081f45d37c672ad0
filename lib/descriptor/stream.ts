// loop.stream: a descriptor that was opened elsewhere, taken over as a stream of bytes: a
// pipe, FIFO, stream socket, terminal or character device. Everything is checked before the
// descriptor is touched, and one that is refused stays as it was, and the caller's.
import { throwIfAborted } from '../base/abort.js';
import { checkHandlerNames, type OptionNames, readOptions } from '../base/options.js';
import { checkDescriptor } from '../base/validate.js';
import type { HandleLoop } from '../loop/contract.js';
import { loopClosed } from '../loop/errors.js';
import type { Handle } from '../loop/handle.js';
import { endOnAbort } from '../loop/when-closed.js';
import { Interest } from '../poller/interest.js';
import { HELD, READ_ENDED, WRITE_ENDED } from '../stream/flags.js';
import type { StreamGroup, StreamSettings } from '../stream/group.js';
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

/** @internal */
export const DESCRIPTOR_NAMES: OptionNames<DescriptorOptions> = {
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

  /** Moves the bytes of `fd` from here on, with more flags. @internal */
  takeOver(fd: number, flags = 0): void {
    const { name, writable } = this.#kind;
    // One terminal is stdin and stdout alike: who has no use for what is typed leaves it to
    // whoever has. Without any handlers `for await` shows whether there is a use.
    const { handlers } = this.group;
    const isTerminal = name === 'terminal';
    const isRead = !isTerminal || handlers.data !== undefined || handlers === NO_HANDLERS;
    const readable = this.#kind.readable && isRead;
    this.start(fd, Interest.READ);
    this.flags |= flags;
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

/** As a connection's `open`: not from inside the call that makes it. @internal */
export function openLater(stream: DescriptorStream): void {
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
  const options = readOptions('options', given, DESCRIPTOR_NAMES);
  checkHandlerNames('handlers', handlers, HANDLER_NAMES);
  const settings = streamSettings(options);
  throwIfAborted(settings.signal);
  if (loop.closed) throw loopClosed();
  const kind = kindOf(fd);
  return takeOver({ loop, fd, kind, settings, handlers, Class: DescriptorStream, flags: 0 });
}

/** What a stream over a descriptor is made of: all is checked. */
export interface TakeOver<T extends DescriptorStream> {
  readonly loop: HandleLoop;
  readonly fd: number;
  /** With the halves that are to be used. */
  readonly kind: Kind;
  readonly settings: StreamSettings;
  readonly handlers: Handlers<Handle>;
  readonly Class: new (loop: HandleLoop, group: StreamGroup, kind: Kind, isOwn: boolean) => T;
  /** Bits of its `flags`, beside those that follow from `kind`. */
  readonly flags: number;
}

/** @throws SystemError EEXIST, EPERM, EBUSY, ENOMEM: then all is as it was */
export function takeOver<T extends DescriptorStream>(what: TakeOver<T>): T {
  const { loop, fd, kind, settings, handlers, Class, flags } = what;
  const take = ({ transfer, isOwn }: Description) => {
    const group = groupOf(settings, handlers, undefined, undefined, transfer);
    const stream = new Class(loop, group, kind, isOwn);
    stream.takeOver(fd, flags);
    return stream;
  };
  const made = loop.holdings.owner.adopt(fd, () =>
    withDescription({ fd, kind, poller: loop.poller }, take),
  );
  openLater(made);
  const { signal } = settings;
  if (signal !== undefined) endOnAbort(made, signal, destroyBy);
  return made;
}
