// A small file of the system's that is read again when it has changed, as the C library does it
// with the same files: on the loop's thread, as it is in /etc and in memory. What is no such file
// (a FIFO, one without end) is as if it were not there.
import { readFileSync, type Stats, statSync } from 'node:fs';
import { hostNowMs } from '../binding/clock.js';

const MAX_BYTES = 16 * 2 ** 20;
/** It is not looked at again so soon; the times of files are no finer, as a rule. */
const LOOKED_MS = 2;

export class ConfigFile<T> {
  readonly #path: string;
  readonly #parse: (text: string) => T;
  #seen = '';
  #lookedMs = Number.NEGATIVE_INFINITY;
  #value: T | undefined;

  constructor(path: string, parse: (text: string) => T) {
    this.#path = path;
    this.#parse = parse;
  }

  /** What it says now; what an empty one says where there is none. */
  get value(): T {
    const nowMs = hostNowMs();
    const isFresh = nowMs - this.#lookedMs < LOOKED_MS;
    if (isFresh && this.#value !== undefined) return this.#value;
    this.#lookedMs = nowMs;
    return this.look();
  }

  /** The same, as it is at this moment. */
  look(): T {
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
