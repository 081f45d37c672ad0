// A small file of the system's that is read again when it has changed, as the C library does it
// with the same files: on the loop's thread, as it is in /etc and in memory. What is no such file
// (a FIFO, one without end) is as if it were not there.
import { readFileSync, type Stats, statSync } from 'node:fs';

const MAX_BYTES = 16 * 2 ** 20;

export class ConfigFile<T> {
  readonly #path: string;
  readonly #parse: (text: string) => T;
  #seen = '';
  #value: T | undefined;

  constructor(path: string, parse: (text: string) => T) {
    this.#path = path;
    this.#parse = parse;
  }

  /** What it says now; what an empty one says where there is none. */
  get value(): T {
    const stats = this.#look();
    const seen =
      stats === undefined ? 'none' : [stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join();
    if (this.#value === undefined || seen !== this.#seen) {
      this.#value = this.#parse(stats === undefined ? '' : this.#read());
      this.#seen = seen;
    }
    return this.#value;
  }

  #look(): Stats | undefined {
    try {
      const stats = statSync(this.#path);
      return stats.isFile() && stats.size <= MAX_BYTES ? stats : undefined;
    } catch {
      return undefined;
    }
  }

  #read(): string {
    try {
      return readFileSync(this.#path, 'utf8');
    } catch {
      return '';
    }
  }
}
