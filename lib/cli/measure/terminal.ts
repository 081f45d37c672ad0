// What a terminal can and a file cannot: colours, and a line on stderr that tells how far
// it is and is rewritten; elsewhere plain lines, or nothing at all.

export interface Paint {
  readonly coloured: boolean;
  strong(text: string): string;
  faint(text: string): string;
  good(text: string): string;
}

const plain = (text: string) => text;
const code = (on: number, off: number) => (text: string) => `\x1b[${on}m${text}\x1b[${off}m`;

/** Colours for a terminal whose user has not said no. See no-color.org. */
export function paintFor(stream: { isTTY?: boolean }): Paint {
  const wanted = stream.isTTY === true && (process.env['NO_COLOR'] ?? '') === '';
  if (!wanted) return { coloured: false, strong: plain, faint: plain, good: plain };
  return { coloured: true, strong: code(1, 22), faint: code(2, 22), good: code(32, 39) };
}

/** Told how far a measurement is. */
export interface Observer {
  /** Something begins; `done` of 1 is over. */
  begins(text: string, done: number): void;
  /** Something is over that is worth a line of a log. */
  ended(text: string): void;
}

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
