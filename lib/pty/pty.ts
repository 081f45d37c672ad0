// loop.pty: a pseudoterminal. Its master is a stream here; its slave is a terminal to the programs
// that `loop.spawn` starts on it. What one writes the other reads, with the terminal's own work in
// between: echo, lines, Ctrl-C. See pty(7), termios(3).
import { throwIfAborted } from '../base/abort.js';
import { checkHandlerNames } from '../base/options.js';
import { native } from '../binding/index.js';
import type { Kind } from '../descriptor/kind.js';
import { DescriptorStream, openLater } from '../descriptor/stream.js';
import type { HandleLoop } from '../loop/contract.js';
import { handleClosed, loopClosed } from '../loop/errors.js';
import type { Handle } from '../loop/handle.js';
import { endOnAbort } from '../loop/when-closed.js';
import { constant } from '../raw/constants.js';
import { check } from '../raw/errors.js';
import { type Handlers, NO_HANDLERS } from '../stream/handlers.js';
import { groupOf, HANDLER_NAMES } from '../stream/options.js';
import { destroyBy } from '../stream/stream.js';
import { BY_TERMINAL } from '../stream/transfer.js';
import { type BothSides, openBothSides } from './open.js';
import { checkSize, type PtyOptions, type PtySettings, ptySettings } from './options.js';
import { prepareSlave, readSize, setSize } from './prepare.js';
import { Slave, setSlave } from './slave.js';

/** Called by the loop with the master; all are optional. */
export interface PtyHandlers<Data = unknown> extends Handlers<PtyMaster<Data>> {}

/** As loop.stream would find a master, but that all it says is ours. */
const MASTER: Kind = {
  name: 'pty',
  transfer: BY_TERMINAL,
  shared: undefined,
  reopens: false,
  statusFlags: constant('O_NONBLOCK'),
  readable: true,
  writable: true,
};

/**
 * Our side of a pty: what is written to it is typed, and what comes from it is shown. It ends once
 * the last program has closed the terminal, with all that was written before. `end()` hangs up, as
 * `close()` does: the character for the end of input is `'\x04'`.
 */
export class PtyMaster<Data = unknown> extends DescriptorStream<Data> {
  /** Whose master it is. */
  declare readonly pty: Pty<Data>;
  #slave: Slave | undefined;

  override get kind(): string {
    return 'PtyMaster';
  }

  /** @internal Its other side, which closes with it. */
  join(pty: Pty<Data>, slave: Slave): void {
    this.#slave = slave;
    Object.defineProperty(this, 'pty', { value: pty, enumerable: true });
  }

  /** @internal Whatever ends it. */
  override beginClose(): boolean {
    this.#slave?.close();
    return super.beginClose();
  }
}

/** A pseudoterminal: what `loop.pty` gives, and `controllingTerminal` of `loop.spawn` takes. */
export class Pty<Data = unknown> {
  /** Our side, as a stream. It keeps the loop alive until it has closed. */
  readonly master: PtyMaster<Data>;
  /** The path of the other side, such as `/dev/pts/3`. */
  readonly slavePath: string;

  /** @internal Use `loop.pty`. */
  constructor(master: PtyMaster<Data>, slave: Slave) {
    this.master = master;
    this.slavePath = slave.path;
    setSlave(this, slave);
    master.join(this, slave);
  }

  /** The width in characters, as the kernel has it now; 0: not known, or closed. */
  get columns(): number {
    return this.#size[1] as number;
  }

  /** The height in lines, as the kernel has it now; 0: not known, or closed. */
  get rows(): number {
    return this.#size[0] as number;
  }

  get #size(): Uint16Array {
    const { active, handleFd } = this.master;
    return readSize(active ? handleFd : -1);
  }

  /**
   * Gives the terminal another size. Where it is another, the programs in its foreground are told
   * by SIGWINCH.
   *
   * @param columns 0 to 65535
   * @param rows 0 to 65535
   * @param pixelWidth of all of it, 0 to 65535; 0: not known
   * @param pixelHeight the same
   * @throws TypeError, RangeError; Error ERR_HANDLE_CLOSED. See tcsetwinsize(3)
   * @example
   * pty.resize(120, 40);
   */
  resize(columns: number, rows: number, pixelWidth = 0, pixelHeight = 0): this {
    const size = checkSize({ columns, rows, pixelWidth, pixelHeight });
    const { active, handleFd } = this.master;
    if (!active) throw handleClosed('Pty');
    check(setSize(handleFd, size), 'tcsetwinsize');
    return this;
  }

  /** Hangs up: what is queued is dropped, and the programs on it get SIGHUP. Idempotent. */
  close(): void {
    this.master.close();
  }

  /** True from the first close on, or that of its master. */
  get isClosed(): boolean {
    return this.master.isClosed;
  }

  /** As `closed` of a handle: that of its master. */
  get closed(): Promise<void> {
    return this.master.closed;
  }

  /** Lets it keep the loop alive. Idempotent. */
  ref(): this {
    this.master.ref();
    return this;
  }

  /** Lets the loop end although it is open. Idempotent. */
  unref(): this {
    this.master.unref();
    return this;
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Closes it, and waits until it has. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.closed.catch(() => {});
  }
}

/** Makes one. */
export function pty(loop: HandleLoop, given: PtyOptions, handlers: PtyHandlers = NO_HANDLERS): Pty {
  const settings = ptySettings(given);
  checkHandlerNames('handlers', handlers, HANDLER_NAMES);
  const { signal } = settings.streams;
  throwIfAborted(signal);
  if (loop.closed) throw loopClosed();
  const sides = openBothSides();
  let master: PtyMaster;
  try {
    prepareSlave(sides.slave, settings);
    master = start(loop, sides, settings, handlers);
  } catch (error) {
    native.close(sides.slave);
    native.close(sides.master);
    throw error;
  }
  const made = new Pty(master, new Slave(loop, sides));
  openLater(master);
  if (signal !== undefined) endOnAbort(master, signal, destroyBy);
  return made;
}

/** What it throws leaves the descriptors the caller's. */
function start(
  loop: HandleLoop,
  { master: fd }: BothSides,
  { streams }: PtySettings,
  handlers: PtyHandlers,
): PtyMaster {
  const all = handlers as Handlers<Handle>;
  const group = groupOf(streams, all, undefined, undefined, MASTER.transfer);
  const master = new PtyMaster(loop, group, MASTER, false);
  master.takeOver(fd);
  return master;
}
