// Tells once that a datagram socket has room again. Its descriptor is waited for by the one
// who receives, so this is by a duplicate: the same socket, with a place of its own in the
// poller. It stays, as who was congested once will be again.
import { native } from '../../binding/index.js';
import { defaultLoop } from '../../faces/default-loop.js';
import type { Watcher } from '../../watch/watcher.js';

const ONCE = { write: true, oneshot: true } as const;
/** Where there is no descriptor for a duplicate. */
const RETRY_MS = 5;

export class Writable {
  readonly #tell: () => void;
  #watcher: Watcher | undefined;
  #waiting = false;
  #closed = false;

  constructor(tell: () => void) {
    this.#tell = tell;
  }

  /** Once, however often it is asked meanwhile. The socket itself keeps the process alive. */
  wait(fd: number): void {
    if (this.#waiting || this.#closed) return;
    this.#waiting = true;
    if (this.#watcher !== undefined) this.#watcher.modify(ONCE);
    else if (!this.#watch(fd)) defaultLoop().setTimeout(this.#ready, RETRY_MS).unref();
  }

  #watch(fd: number): boolean {
    const duplicate = native.dup(fd);
    if (duplicate < 0) return false;
    try {
      this.#watcher = defaultLoop().watch(duplicate, ONCE, this.#ready).unref();
      return true;
    } catch {
      native.close(duplicate);
      return false;
    }
  }

  readonly #ready = (): void => {
    if (this.#closed) return;
    this.#waiting = false;
    this.#tell();
  };

  close(): void {
    this.#closed = true;
    const watcher = this.#watcher;
    this.#watcher = undefined;
    if (watcher === undefined) return;
    const { fd } = watcher;
    watcher.close();
    native.close(fd);
  }
}
