// Both sides of a terminal, each as a stream of the host's: what `open` of npm node-pty gives.
import { openSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { native } from '../../binding/index.js';
import { defaultLoop } from '../../faces/default-loop.js';
import type { Pty } from '../../pty/pty.js';
import { constant, constants } from '../../raw/constants.js';
import { check } from '../../raw/errors.js';
import { SideStream } from './duplex.js';
import { Listeners } from './events.js';
import { foregroundName } from './kernel-side.js';
import { openFor, resizeBy } from './open.js';
import { terminalSettings } from './settings.js';
import type { IPtyOpenOptions, PixelSize } from './types.js';

const BOTH_WAYS = constant('O_RDWR') | constant('O_NOCTTY');

// biome-ignore lint/suspicious/noExplicitAny: what listeners of an EventEmitter take
type Listener = (...args: any[]) => void;

/** By its master where the system can: numbers of node:fs are none of the kernel's in Deno. */
function openSlave({ master, slavePath }: Pty): number {
  const { TIOCGPTPEER } = constants;
  if (TIOCGPTPEER === undefined) return openSync(slavePath, BOTH_WAYS);
  return check(native.ioctl(master.handleFd, TIOCGPTPEER, BOTH_WAYS), 'ioctl');
}

/** A terminal whose other side is here as well. */
export class OpenedPair {
  /** None: nobody is sent a signal. */
  readonly pid: number = -1;
  /** Our side: what is written to it is typed. */
  readonly master: Duplex;
  /** The program's side, as a program would have it. Who is done with it destroys both. */
  readonly slave: Duplex;
  readonly #pty: Pty;
  readonly #data = new Listeners<string>();
  /** What the other side has written. */
  readonly onData = this.#data.event;
  #cols: number;
  #rows: number;

  /** @internal Use `open`. */
  constructor(options: IPtyOpenOptions) {
    const settings = terminalSettings(options);
    const [master, slave] = [new SideStream(settings.encoding), new SideStream(settings.encoding)];
    this.#cols = settings.cols;
    this.#rows = settings.rows;
    this.#pty = openFor(settings, master.handlers);
    master.attach(this.#pty.master);
    try {
      slave.attach(defaultLoop().stream(openSlave(this.#pty), {}, slave.handlers));
    } catch (error) {
      this.#pty.close();
      throw error;
    }
    this.master = master.resume();
    this.slave = slave.resume();
    this.master.on('data', (data: string) => this.#data.fire(data));
  }

  /** The width in characters, as it was last asked for. */
  get cols(): number {
    return this.#cols;
  }

  /** The height in lines. */
  get rows(): number {
    return this.#rows;
  }

  /** The descriptor of the master, which is not the caller's; -1: it is closed. */
  get fd(): number {
    const { master } = this.#pty;
    return master.active ? master.handleFd : -1;
  }

  /** The path of the terminal. */
  get ptsName(): string {
    return this.#pty.slavePath;
  }

  /** What the program in its foreground is called, or this process. */
  get process(): string {
    return foregroundName(this.fd) ?? process.argv[0] ?? 'node';
  }

  /** Types. */
  write(data: string | Uint8Array): void {
    this.master.write(data);
  }

  /** @throws Error, TypeError, RangeError for what is no size; Error EBADF: it has closed */
  resize(columns: number, rows: number, pixelSize?: PixelSize): void {
    resizeBy(this.#pty, columns, rows, pixelSize);
    this.#cols = columns;
    this.#rows = rows;
  }

  /** Nothing. */
  clear(): void {}

  /** Nothing: there is no program. The original sends it to whomever it may. */
  kill(_signal?: string): void {}

  /** Closes both sides. */
  destroy(): void {
    this.slave.destroy();
    this.master.destroy();
  }

  /** Of `master`. */
  pause(): this {
    this.master.pause();
    return this;
  }

  /** Of `master`. */
  resume(): this {
    this.master.resume();
    return this;
  }

  /** An event of `master`. */
  on(event: string, listener: Listener): this {
    this.master.on(event, listener);
    return this;
  }

  /** An event of `master`, once. */
  once(event: string, listener: Listener): this {
    this.master.once(event, listener);
    return this;
  }

  /** No longer tells `listener`. */
  removeListener(event: string, listener: Listener): this {
    this.master.removeListener(event, listener);
    return this;
  }
}
