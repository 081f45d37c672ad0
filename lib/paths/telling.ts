// How events tell of paths: from bytes, a character for each, to text or to bytes; and which path
// one is that was given.
import { isAbsolute, resolve } from 'node:path';
import { isUint8Array } from '../base/realms.js';
import { byHost } from '../raw/errors.js';
import type { PathEvent, PathEventType } from './events.js';

/** A path as bytes, a character for each. */
export function bytesOf(path: string | Uint8Array): string {
  return (isUint8Array(path) ? Buffer.from(path) : Buffer.from(path, 'utf8')).toString('latin1');
}

/**
 * The same from the root on. The folder of this process is asked for by a relative one alone, as it
 * may be gone.
 *
 * @throws SystemError ENOENT, EACCES (getcwd)
 */
export function absolute(path: string | Uint8Array): string {
  const bytes = bytesOf(path);
  if (isAbsolute(bytes)) return resolve(bytes);
  return resolve(bytesOf(byHost('getcwd', process.cwd)), bytes);
}

/** Whether a byte is no ASCII. */
const IS_OTHER = /[\x80-\xff]/;

/** Makes the events of one watcher. */
export class Telling<Name extends string | Uint8Array> {
  /** The watched path, as it was given. */
  readonly path: Name;
  /** The same as bytes, to put names behind. */
  readonly #prefix: string;
  readonly #isBuffer: boolean;

  constructor(path: string | Uint8Array, isBuffer: boolean) {
    const bytes = bytesOf(path);
    this.#isBuffer = isBuffer;
    this.#prefix = bytes.endsWith('/') ? bytes : `${bytes}/`;
    this.path = this.#told(bytes);
  }

  event(
    type: PathEventType,
    name: string,
    isDirectory: boolean,
    from?: string,
    error?: Error,
  ): PathEvent<Name> {
    const path = this.#pathTo(name);
    const event = { type, path, name: this.#told(name), isDirectory };
    if (from !== undefined) return { ...event, from: this.#pathTo(from), to: path };
    return error === undefined ? event : { ...event, error };
  }

  #pathTo(name: string): Name {
    return name === '' ? this.path : this.#told(this.#prefix + name);
  }

  #told(bytes: string): Name {
    if (this.#isBuffer) return Buffer.from(bytes, 'latin1') as Uint8Array as Name;
    const text = IS_OTHER.test(bytes) ? Buffer.from(bytes, 'latin1').toString() : bytes;
    return text as Name;
  }
}
