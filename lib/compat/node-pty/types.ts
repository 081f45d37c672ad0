// What npm node-pty says of itself in its typings, by the same names, so that programs compile as
// they are; and what its terminals are beside, for who used them before they were typed.

/** Ends what it was given for. */
export interface IDisposable {
  /** Idempotent. */
  dispose(): void;
}

/** An event: called with a listener, which is told until the result is disposed. */
export type IEvent<T> = (listener: (event: T) => unknown) => IDisposable;

/** How a program ended. */
export interface IExitEvent {
  /** What it gave to exit(3); 0 where a signal ended it. */
  exitCode: number;
  /** The number of the signal that ended it; 0: none did. */
  signal?: number;
}

/** What `spawn` takes on every system. All are optional. */
export interface IBasePtyForkOptions {
  /** What the program finds as TERM. Default: TERM of `env`, else 'xterm'. */
  name?: string;
  /** The width in characters, 1 to 65535; default 80. */
  cols?: number;
  /** The height in lines, 1 to 65535; default 24. */
  rows?: number;
  /** The folder that the program is in, and its PWD. Default: that of this process. */
  cwd?: string;
  /**
   * Its environment. Default: that of this process, without what would tell it of another terminal
   * (TMUX, TMUX_PANE, STY, WINDOW, WINDOWID, TERMCAP, COLUMNS, LINES).
   */
  env?: { [key: string]: string | undefined };
  /** How bytes are text, as `Buffer` has it; null: they stay bytes. Default 'utf8'. */
  encoding?: string | null;
  /** Whether `flowControlPause` and `flowControlResume` are obeyed and not written. Default false. */
  handleFlowControl?: boolean;
  /** What is written to pause. Default XOFF, '\x13'. */
  flowControlPause?: string;
  /** What is written to resume. Default XON, '\x11'. */
  flowControlResume?: string;
}

/** What `spawn` takes. */
export interface IPtyForkOptions extends IBasePtyForkOptions {
  /** The user that the program becomes, whose the terminal is then. */
  uid?: number;
  /** The group that it becomes. */
  gid?: number;
}

/** What `spawn` takes on Windows: here for programs that run there as well. */
export interface IWindowsPtyForkOptions extends IBasePtyForkOptions {
  /** Nothing. */
  useConpty?: boolean;
  /** Nothing. */
  useConptyDll?: boolean;
  /** Nothing. */
  conptyInheritCursor?: boolean;
}

/** What `open` takes. */
export interface IPtyOpenOptions {
  /** The width in characters, 1 to 65535; default 80. */
  cols?: number;
  /** The height in lines, 1 to 65535; default 24. */
  rows?: number;
  /** How bytes are text; null: they stay bytes. Default 'utf8'. */
  encoding?: string | null;
}

/** The size of a terminal in pixels, each from 0 to 65535. */
export interface PixelSize {
  /** Of all columns. */
  width: number;
  /** Of all rows. */
  height: number;
}

/** A program on a terminal of its own, as the package documents it. */
export interface IPty {
  /** The number of the program's process. */
  readonly pid: number;
  /** The width in characters, as it was last asked for. */
  readonly cols: number;
  /** The height in lines. */
  readonly rows: number;
  /** What the program in the foreground is called: what it was told as its name. */
  readonly process: string;
  /** Whether writing `flowControlPause` pauses. */
  handleFlowControl: boolean;
  /** What the program shows. Buffers where `encoding` is null. */
  readonly onData: IEvent<string>;
  /** How it ended, behind all that it showed. Told once. */
  readonly onExit: IEvent<IExitEvent>;
  /** Gives the terminal another size, which the program is told by SIGWINCH. */
  resize(columns: number, rows: number, pixelSize?: PixelSize): void;
  /** Nothing: it is for Windows. */
  clear(): void;
  /** Types. What the program does not read yet waits, in order, without a limit. */
  write(data: string | Buffer): void;
  /** Sends the program a signal, SIGHUP by default; nothing once it has ended. */
  kill(signal?: string): void;
  /** Reads nothing more, so that the program has to wait. */
  pause(): void;
  /** Reads again. */
  resume(): void;
}
