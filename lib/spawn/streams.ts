// Our ends of a child's descriptors, as streams of the loop: those of loop.stream, over what was
// just opened, so that nothing has to be found out.
import type { Kind } from '../descriptor/kind.js';
import { DescriptorStream } from '../descriptor/stream.js';
import { Ready } from '../poller/interest.js';
import { constant } from '../raw/constants.js';
import { hasOutput } from '../stream/base.js';
import { READ_ENDED } from '../stream/flags.js';
import type { StreamGroup, StreamSettings } from '../stream/group.js';
import { type Handlers, NO_HANDLERS } from '../stream/handlers.js';
import { groupOf } from '../stream/options.js';
import { BY_FILE, BY_UNIX } from '../stream/transfer.js';
import type { Child, ChildHandlers } from './child.js';
import { PipeSize } from './large-pipe.js';
import type { OpenedStdio } from './stdio.js';

const O_NONBLOCK = constant('O_NONBLOCK');

const PIPE = { name: 'pipe', transfer: BY_FILE, shared: undefined, reopens: false };
/** Our ends, as loop.stream would find them. */
const READ_END: Kind = { ...PIPE, statusFlags: O_NONBLOCK, readable: true, writable: false };
const WRITE_END: Kind = { ...READ_END, readable: false, writable: true };
const SOCKET: Kind = { ...READ_END, name: 'socket', transfer: BY_UNIX, writable: true };

const GONE = Ready.ERROR | Ready.HANGUP;

/**
 * What a child reads or writes: one class, as objects of many cost more to make. A pipe may grow.
 *
 * That nobody reads its input any more is no error while there is nothing to write: most programs
 * end without having read to the end, and nobody closes what they were not asked to read. Output
 * that cannot go there is: EPIPE.
 */
class ChildStream extends DescriptorStream {
  readonly #child: Child;
  readonly #size: PipeSize | undefined;

  constructor(child: Child, group: StreamGroup, kind: Kind) {
    super(child.loop, group, kind, false);
    this.#child = child;
    this.#size = kind === SOCKET ? undefined : new PipeSize();
  }

  /** @internal */
  override onReady(events: number, index: number): void {
    const size = this.#size;
    if (size === undefined) {
      super.onReady(events, index);
    } else if ((this.flags & READ_ENDED) === 0) {
      const result = this.loop.streams.result(index);
      if (result > 0) size.grow(this.handleFd, result, this.readBytes);
      super.onReady(events, index);
    } else {
      this.#inputReady(size, events, index);
    }
  }

  #inputReady(size: PipeSize, events: number, index: number): void {
    const { queue } = this;
    if ((events & GONE) !== 0 && !hasOutput(this)) {
      this.destroy();
      return;
    }
    if (queue !== undefined) size.grow(this.handleFd, queue.size, this.writtenBytes);
    super.onReady(events, index);
  }

  /** @internal By the child, which tells of the errors of its streams. */
  override get isHeard(): boolean {
    return this.#child.isHeard || super.isHeard;
  }

  /** @internal */
  override onClosed(): void {
    this.#size?.end();
    super.onClosed();
  }
}

/** The stream of one of a child's descriptors; null: there is none. @throws SystemError */
export function streamOf(
  child: Child,
  streams: StreamSettings,
  handlers: ChildHandlers,
  stdio: OpenedStdio,
  index: number,
): DescriptorStream | null {
  const ours = stdio.ours[index] as number;
  if (ours < 0) return null;
  const wanted = stdio.wanted[index];
  const isInput = wanted === 'pipe' && index === 0;
  const kind = isInput ? WRITE_END : wanted === 'pipe' ? READ_END : SOCKET;
  const told = dataHandlers(child, handlers, index);
  const group = groupOf(streams, told, child, undefined, kind.transfer);
  const stream = new ChildStream(child, group, kind);
  stream.takeOver(ours);
  return stream;
}

/** What comes from stdout and stderr is told by the child's handlers, if there are such. */
function dataHandlers(
  child: Child,
  handlers: ChildHandlers,
  index: number,
): Handlers<DescriptorStream> {
  const name = index === 1 ? 'stdout' : index === 2 ? 'stderr' : undefined;
  if (name === undefined || handlers[name] === undefined) return NO_HANDLERS;
  return { data: (_stream, chunk) => handlers[name]?.(child, chunk) };
}
