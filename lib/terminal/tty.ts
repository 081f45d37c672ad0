// A terminal as a stream: what it has beside the bytes is its mode and its size. See termios(3),
// ioctl_tty(2), tty(4).
import { throwIfAborted } from '../base/abort.js';
import { checkHandlerNames, type OptionNames, readOptions } from '../base/options.js';
import { checkDescriptor, checkFunction } from '../base/validate.js';
import { native } from '../binding/index.js';
import { kindOf } from '../descriptor/kind.js';
import {
  DESCRIPTOR_NAMES,
  type DescriptorOptions,
  DescriptorStream,
  takeOver,
} from '../descriptor/stream.js';
import type { HandleLoop } from '../loop/contract.js';
import { handleClosed, invalidType, invalidValue, loopClosed } from '../loop/errors.js';
import type { Handle } from '../loop/handle.js';
import { SignalHandle } from '../process/signal.js';
import { check } from '../raw/errors.js';
import { type Handlers, NO_HANDLERS } from '../stream/handlers.js';
import { HANDLER_NAMES, streamSettings } from '../stream/options.js';
import { RawMode } from './raw-mode.js';

/** Called when the terminal has another size, with the stream. What it returns is ignored. */
// biome-ignore lint/suspicious/noExplicitAny: `void` has linters complain of async functions
export type ResizeCallback<Data = unknown> = (tty: TtyStream<Data>) => any;

/** Called by the loop; all are optional. */
export interface TtyHandlers<Data = unknown> extends Handlers<TtyStream<Data>> {
  /**
   * It has another size: see `columns` and `rows`. By SIGWINCH, which the kernel sends to the jobs in
   * the foreground of the process's own terminal.
   */
  resize?: ResizeCallback<Data>;
}

const NAMES: OptionNames<TtyHandlers> = { ...HANDLER_NAMES, resize: true };

/** A terminal: what `loop.tty` gives, and `loop.stdin`, `stdout` and `stderr` where they are one. */
export class TtyStream<Data = unknown> extends DescriptorStream<Data> {
  #rawMode: RawMode | undefined;
  #resized: SignalHandle | undefined;

  override get kind(): string {
    return 'TtyStream';
  }

  /** True: it is a terminal, as in `node:tty`. */
  get isTTY(): true {
    return true;
  }

  /** Whether `setRawMode(true)` holds. */
  get isRaw(): boolean {
    return this.#rawMode !== undefined;
  }

  /** The width in characters; 0: not known, or closed. */
  get columns(): number {
    return this.getWindowSize()[0];
  }

  /** The height in lines; 0: not known, or closed. */
  get rows(): number {
    return this.getWindowSize()[1];
  }

  /** Columns and rows, as the kernel has them now; zeros where they are not known. */
  getWindowSize(): [columns: number, rows: number] {
    const size = new Uint16Array(4);
    if (!this.active || native.tcgetwinsize(this.handleFd, size) < 0) return [0, 0];
    return [size[1] as number, size[0] as number];
  }

  /**
   * Raw: each key is read as it is typed, is not shown, and Ctrl-C and its like are bytes. The
   * terminal has its mode back with `false`, as the stream closes, as the process exits, while it is
   * stopped (SIGTSTP), and when a signal ends it that nobody watches; SIGKILL excepted. It is raw as
   * long as any stream of the process wants it so.
   *
   * @throws TypeError; SystemError EIO (it was hung up), EMFILE; Error ERR_HANDLE_CLOSED. See termios(3)
   * @example
   * loop.stdin.setRawMode(true);
   */
  setRawMode(on: boolean): this {
    if (typeof on !== 'boolean') throw invalidType('on', 'a boolean');
    if (!this.active) throw handleClosed(this.kind);
    if (on) this.#rawMode ??= new RawMode(this.loop, this.handleFd);
    else this.#normal();
    return this;
  }

  /**
   * As the handler `resize`, in its place. It does not hold the loop.
   *
   * @param callback undefined: nobody is told any more
   * @throws TypeError; SystemError EMFILE; Error ERR_HANDLE_CLOSED
   */
  onResize(callback: ResizeCallback<Data> | undefined): this {
    if (callback !== undefined) checkFunction('callback', callback);
    if (!this.active) throw handleClosed(this.kind);
    this.#resized?.close();
    this.#resized = undefined;
    if (callback === undefined) return this;
    let known = this.getWindowSize().join();
    this.#resized = new SignalHandle(this.loop, 'SIGWINCH', (_signal, _handle, error) => {
      const size = this.getWindowSize().join();
      if (error !== undefined || !this.active || size === known) return;
      known = size;
      this.enter(() => callback(this));
    });
    return this;
  }

  /** @internal Whatever ends it. */
  override beginClose(): boolean {
    this.#normal();
    this.#resized?.close();
    this.#resized = undefined;
    return super.beginClose();
  }

  #normal(): void {
    this.#rawMode?.leave();
    this.#rawMode = undefined;
  }
}

/** Takes over a terminal. */
export function tty(
  loop: HandleLoop,
  fd: number,
  given: DescriptorOptions,
  handlers: TtyHandlers = NO_HANDLERS,
): TtyStream {
  checkDescriptor('fd', fd);
  const options = readOptions('options', given, DESCRIPTOR_NAMES);
  checkHandlerNames('handlers', handlers, NAMES);
  const { resize } = handlers;
  const settings = streamSettings(options);
  throwIfAborted(settings.signal);
  if (loop.closed) throw loopClosed();
  checkTerminal(fd);
  const all = handlers as Handlers<Handle>;
  const kind = kindOf(fd);
  const made = takeOver({ loop, fd, kind, settings, handlers: all, Class: TtyStream, flags: 0 });
  if (resize !== undefined) made.onResize(resize);
  return made;
}

/** @throws TypeError ERR_INVALID_ARG_VALUE; SystemError EBADF */
function checkTerminal(fd: number): void {
  const kind = native.fileKind(fd);
  if (typeof kind === 'number') check(kind, 'fstat');
  if (kind !== 'terminal') {
    throw invalidValue('fd', 'a terminal: loop.stream takes what is none, and the master of one');
  }
}
