// A terminal and the program on it, from start to end. When both have ended is told in one order:
// all that was shown, then that the terminal has closed, then how the program ended.
//
// Most terminals end by themselves, as the last program has closed them. Where another still has
// one open, or nobody reads what there is, its end is ours to decide: see `#look`.
import { defaultLoop } from '../../faces/default-loop.js';
import type { Timer } from '../../loop/time/timer.js';
import type { Pty } from '../../pty/pty.js';
import { constants } from '../../raw/constants.js';
import type { Child } from '../../spawn/child.js';
import type { ExitStatus } from '../../spawn/status.js';
import { each } from './events.js';
import { hasUnread, setModes } from './kernel-side.js';
import { openFor } from './open.js';
import { Output } from './output.js';
import { startOn } from './program.js';
import type { ProgramSettings } from './settings.js';

/** How long others may keep a terminal open behind the end of its program; the original's. */
const LINGER_MS = 200;
/** What waits to be read is asked for again. */
const LOOK_MS = 5;
/** More than the kernel keeps for a terminal (640 KiB on Linux): it is what others have shown since. */
const MOST_BYTES = 2 ** 20;
/** What a program is ended by. */
const ENDING = new Set(
  ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGKILL'].map((name) => constants[name]),
);
/** No process has it. */
const NOBODY = 2 ** 31 - 1;

/** Told by a session, in this order. */
export interface SessionHandlers {
  /** The chunk is lent. */
  data(chunk: Uint8Array): void;
  /** All that was shown has been told. */
  end(): void;
  /** The terminal has closed. */
  close(error: Error | undefined): void;
  exit(code: number, signal: number): void;
}

export class Session {
  readonly pty: Pty;
  /** The program's process. */
  readonly pid: number;
  readonly #child: Child | undefined;
  readonly #told: SessionHandlers;
  readonly #output: Output;
  #status: [code: number, signal: number] | undefined;
  /** Its `close` was told. */
  #isOver = false;
  /** There is to be no such terminal. */
  #isDiscarded = false;
  /** The program wants to hear no more of it than its end. */
  #isCalledOff = false;
  #isDestroyed = false;
  /** What is left waits for `resume`. */
  #isHeld = false;
  #timer: Timer | undefined;
  #bytesAtExit = 0;

  /** @throws SystemError EMFILE, ENFILE, EAGAIN, ENOSPC, ...: nothing is left then */
  constructor(settings: ProgramSettings, told: SessionHandlers) {
    this.#told = told;
    this.pty = openFor(settings, {
      data: (_master, chunk) => told.data(chunk),
      drain: () => this.#output.drained(),
      end: () => told.end(),
      close: (_master, error) => this.#closed(error),
    });
    this.#output = new Output(this.pty.master);
    try {
      setModes(this.pty.master.handleFd);
      this.#child = startOn(this.pty, settings, { exit: (_child, status) => this.#exited(status) });
    } catch (error) {
      this.#isDiscarded = true;
      this.pty.close();
      throw error;
    }
    this.pid = this.#child?.pid ?? NOBODY;
    if (this.#child === undefined) this.#ended(1, 0, 0);
  }

  write(bytes: Uint8Array, isLent: boolean): void {
    this.#output.write(bytes, isLent);
  }

  get isPaused(): boolean {
    return this.pty.master.paused;
  }

  pause(): void {
    this.pty.master.pause();
  }

  resume(): void {
    const { master } = this.pty;
    master.resume();
    if (!this.#isHeld) return;
    this.#isHeld = false;
    master.ref();
    this.#linger(LINGER_MS);
  }

  /** Never to another process than the program's own. */
  kill(signal: string | number): void {
    const number = typeof signal === 'number' ? signal : constants[signal];
    if (ENDING.has(number)) this.#isCalledOff = true;
    try {
      this.#child?.kill(signal);
    } catch {
      // No such signal, or no right to: the original says nothing either.
    }
    if (this.#isHeld) this.#look();
  }

  /** Closes the terminal, and then hangs up on the program. */
  destroy(): void {
    this.#isDestroyed = true;
    this.pty.close();
  }

  #exited({ code, signal }: ExitStatus): void {
    const number = signal === null ? 0 : (constants[signal] ?? Number(signal.slice(3)));
    this.#ended(code ?? 0, number, LINGER_MS);
  }

  #ended(code: number, signal: number, lingerMs: number): void {
    this.#status = [code, signal];
    this.#bytesAtExit = this.pty.master.bytesRead;
    if (this.#isOver) this.#told.exit(code, signal);
    else this.#linger(lingerMs);
  }

  #linger(ms: number): void {
    this.#timer = defaultLoop().setTimeout(() => this.#look(), ms);
  }

  /**
   * The program has ended and its terminal has not: another has it open, say. What the program
   * has shown is read to its end; who pauses meanwhile has it kept, and the process may end.
   */
  #look(): void {
    const { master } = this.pty;
    if (this.#isOver) return;
    const isMore = master.bytesRead - this.#bytesAtExit < MOST_BYTES && hasUnread(master.handleFd);
    if (this.#isCalledOff || !isMore) this.pty.close();
    else if (!master.paused) this.#linger(LOOK_MS);
    else {
      this.#isHeld = true;
      master.unref();
    }
  }

  #closed(error: Error | undefined): void {
    if (this.#timer !== undefined) defaultLoop().clearTimeout(this.#timer);
    if (this.#isDiscarded) return;
    this.#isOver = true;
    // What was typed and not read goes with the program.
    const isHangup = (error as { code?: string } | undefined)?.code === 'EIO';
    each(
      () => this.#told.close(isHangup ? undefined : error),
      () => {
        if (this.#status !== undefined) this.#told.exit(...this.#status);
        else if (this.#isDestroyed) this.kill('SIGHUP');
      },
    );
  }
}
