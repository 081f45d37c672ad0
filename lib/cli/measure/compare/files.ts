// The files of a run: the script of the page, which is read, and the page itself, which is
// written at its end, but opened at its start, so that a wrong name is told before, and left
// as it was when nothing comes of it.
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { openOutput } from '../../usage.js';
import { readPackageFile } from '../machine.js';

/** The script of the page, as rolldown.config.mjs makes it from page/. */
export function readPageScript(): string {
  return readPackageFile('dist/cli/compare-page.js');
}

export class OutputFile {
  readonly #path: string;
  readonly #fd: number;
  /** It was not there before. */
  readonly #isNew: boolean;
  #written = false;
  #closed = false;
  readonly #onExit = () => this.abandon();

  /** @throws Error when it cannot be written */
  constructor(path: string) {
    this.#path = path;
    this.#isNew = !existsSync(path);
    // Not 'w': what is there stays until there is something better.
    this.#fd = openOutput(path, 'a');
    process.once('exit', this.#onExit);
  }

  /** @throws Error when the disk is full, say */
  write(text: string): void {
    try {
      // A pipe or a device has no length.
      if (fstatSync(this.#fd).isFile()) ftruncateSync(this.#fd);
      writeFileSync(this.#fd, text);
    } catch (error) {
      throw new Error(`cannot write ${this.#path}: ${(error as Error).message}`, { cause: error });
    }
    this.#written = true;
    this.abandon();
  }

  /** Closes it; one that is new and has nothing in it goes. */
  abandon(): void {
    if (this.#closed) return;
    this.#closed = true;
    process.off('exit', this.#onExit);
    closeSync(this.#fd);
    if (this.#isNew && !this.#written) unlinkSync(this.#path);
  }
}
