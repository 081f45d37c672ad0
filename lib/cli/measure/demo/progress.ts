// Progress on stderr: one line that is rewritten on a terminal; elsewhere plain lines,
// or nothing at all.
import type { Observer } from './measure.js';

const BAR_CELLS = 20;
const ERASE_LINE = '\r\x1b[2K';

export class Progress implements Observer {
  readonly #command: string;
  readonly #quiet: boolean;
  readonly #live: boolean;

  /** @param quiet says nothing, ever */
  constructor(command: string, quiet = false) {
    this.#command = command;
    this.#quiet = quiet;
    this.#live = !quiet && process.stderr.isTTY === true;
  }

  begins(text: string, done: number): void {
    if (!this.#live) return;
    const filled = Math.round(done * BAR_CELLS);
    const bar = `${'#'.repeat(filled)}${'.'.repeat(BAR_CELLS - filled)}`;
    const percent = `${Math.floor(done * 100)}`.padStart(3);
    // Cut: a line that wraps cannot be rewritten.
    const line = `[${bar}] ${percent} %  ${text}`.slice(0, (process.stderr.columns || 80) - 1);
    process.stderr.write(`${ERASE_LINE}${line}`);
  }

  ended(text: string): void {
    if (!this.#live) this.note(text);
  }

  /** A line that stays, in either case. */
  note(text: string): void {
    if (this.#quiet) return;
    this.clear();
    process.stderr.write(`${this.#command}: ${text}\n`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#live) process.stderr.write(ERASE_LINE);
  }
}
