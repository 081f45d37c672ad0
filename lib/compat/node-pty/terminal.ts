// A program on a terminal, as npm node-pty has it: events, text, and flow control. How it starts
// and ends is session.ts's.
import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { each, Listeners } from './events.js';
import { foregroundName } from './kernel-side.js';
import { resizeBy } from './open.js';
import { OpenedPair } from './pair.js';
import { Session } from './session.js';
import { programSettings } from './settings.js';
import { bytesOf, Text } from './text.js';
import type {
  IEvent,
  IExitEvent,
  IPty,
  IPtyForkOptions,
  IPtyOpenOptions,
  PixelSize,
} from './types.js';

/** XOFF and XON. */
const PAUSE = '\x13';
const RESUME = '\x11';

// biome-ignore lint/suspicious/noExplicitAny: what listeners of an EventEmitter take
type Listener = (...args: any[]) => void;

/** How a pipe ends. */
export interface PipeOptions {
  /** Whether the end of the terminal ends the destination. Default true. */
  end?: boolean;
}

/**
 * What `spawn` gives. Beside what is documented it has the events 'data', 'end', 'close', 'exit' (code,
 * signal), 'pause', 'resume' and 'error' of older programs.
 */
export class UnixTerminal implements IPty {
  readonly onData: IEvent<string>;
  readonly onExit: IEvent<IExitEvent>;
  handleFlowControl: boolean;
  /** @internal By the original's name. */
  readonly _flowControlPause: string;
  /** @internal By the original's name. */
  readonly _flowControlResume: string;
  readonly #file: string;
  readonly #session: Session;
  readonly #encoding: BufferEncoding;
  readonly #events = new EventEmitter();
  readonly #data = new Listeners<string>();
  readonly #exit = new Listeners<IExitEvent>();
  #text: Text;
  #cols: number;
  #rows: number;

  /** A terminal without a program: see `open` of the module. */
  static open(options?: IPtyOpenOptions): OpenedPair {
    return new OpenedPair(options ?? {});
  }

  /** As `spawn`. */
  constructor(file?: string, args?: string[] | string, options?: IPtyForkOptions) {
    const given = options ?? {};
    this.handleFlowControl = Boolean(given.handleFlowControl);
    this._flowControlPause = given.flowControlPause || PAUSE;
    this._flowControlResume = given.flowControlResume || RESUME;
    const settings = programSettings(file, args, given);
    this.#file = settings.file;
    this.#cols = settings.cols;
    this.#rows = settings.rows;
    this.#encoding = settings.encoding || 'utf8';
    this.#text = new Text(settings.encoding);
    this.onData = this.#data.event;
    this.onExit = this.#exit.event;
    this.#session = new Session(settings, {
      data: (chunk) => this.#tell(this.#text.of(chunk)),
      end: () => {
        this.#tell(this.#text.end());
        this.#events.emit('end');
      },
      close: (error) => {
        each(
          () => error !== undefined && this.#events.emit('error', error),
          () => this.#events.emit('close'),
        );
      },
      exit: (exitCode, signal) => {
        each(
          () => this.#exit.fire({ exitCode, signal }),
          () => this.#events.emit('exit', exitCode, signal),
        );
      },
    });
  }

  #tell(data: string | Buffer): void {
    if (data.length === 0) return;
    this.#data.fire(data as string);
    this.#events.emit('data', data);
  }

  get pid(): number {
    return this.#session.pid;
  }

  get cols(): number {
    return this.#cols;
  }

  get rows(): number {
    return this.#rows;
  }

  get process(): string {
    return foregroundName(this.fd) ?? this.#file;
  }

  /** The descriptor of the terminal's master, which is not the caller's; -1: it is closed. */
  get fd(): number {
    const { master } = this.#session.pty;
    return master.active ? master.handleFd : -1;
  }

  /** The path of the terminal. */
  get ptsName(): string {
    return this.#session.pty.slavePath;
  }

  /** Nothing, here as there: see `open`. */
  get master(): undefined {
    return undefined;
  }

  /** Nothing. */
  get slave(): undefined {
    return undefined;
  }

  /** @throws TypeError for what is neither text nor bytes */
  write(data: string | Uint8Array): void {
    if (this.handleFlowControl) {
      if (data === this._flowControlPause) {
        this.pause();
        return;
      }
      if (data === this._flowControlResume) {
        this.resume();
        return;
      }
    }
    this.#session.write(...bytesOf(data, this.#encoding));
  }

  /** Types, if there is something. The program hears of no end: that is `write('\x04')`. */
  end(data?: string | Uint8Array): void {
    if (data !== undefined && data !== null) this.write(data);
  }

  /** @throws Error, TypeError, RangeError for what is no size; Error EBADF: it has closed */
  resize(columns: number, rows: number, pixelSize?: PixelSize): void {
    resizeBy(this.#session.pty, columns, rows, pixelSize);
    this.#cols = columns;
    this.#rows = rows;
  }

  clear(): void {}

  kill(signal?: string): void {
    this.#session.kill(signal || 'SIGHUP');
  }

  /** Closes the terminal and sends the program SIGHUP. What is not read yet is dropped. */
  destroy(): void {
    this.#session.destroy();
  }

  pause(): this {
    const before = this.#session.isPaused;
    this.#session.pause();
    if (!before) this.#events.emit('pause');
    return this;
  }

  resume(): this {
    const before = this.#session.isPaused;
    this.#session.resume();
    if (before) this.#events.emit('resume');
    return this;
  }

  /** Bytes are text in another way from now on; null: they stay bytes. */
  setEncoding(encoding: string | null): void {
    this.#text = new Text(encoding as BufferEncoding | null);
  }

  /** What the program shows goes there as well, and waits for room there. Returns it. */
  pipe<T extends NodeJS.WritableStream>(destination: T, options?: PipeOptions): T {
    const shown = new Readable({ read: () => void this.resume() });
    this.on('data', (data: string | Buffer) => {
      if (!shown.push(typeof data === 'string' ? Buffer.from(data) : data)) this.pause();
    });
    this.on('end', () => shown.push(null));
    return shown.pipe(destination, options);
  }

  on(event: string, listener: Listener): this {
    this.#events.on(event, listener);
    return this;
  }

  /** The same as `on`. */
  addListener(event: string, listener: Listener): this {
    return this.on(event, listener);
  }

  once(event: string, listener: Listener): this {
    this.#events.once(event, listener);
    return this;
  }

  removeListener(event: string, listener: Listener): this {
    this.#events.removeListener(event, listener);
    return this;
  }

  /** Not those of `onData` and `onExit`. */
  removeAllListeners(event?: string): this {
    this.#events.removeAllListeners(event);
    return this;
  }

  // biome-ignore lint/complexity/noBannedTypes: as an EventEmitter has it
  listeners(event: string): Function[] {
    return this.#events.listeners(event);
  }

  emit(event: string, ...args: unknown[]): boolean {
    return this.#events.emit(event, ...args);
  }
}
