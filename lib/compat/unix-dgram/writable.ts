// Tells once that a datagram socket has room again. Its descriptor is waited for by the one
// who receives, so this is by a duplicate: the same socket, with a place of its own in the
// poller.
import { native } from '../../binding/index.js';
import type { EventLoop } from '../../faces/event-loop.js';
import type { HandleLoop } from '../../loop/contract.js';
import type { Watcher } from '../../watch/watcher.js';

/** Where there is no descriptor for a duplicate. */
const RETRY_MS = 5;

export class Writable {
  readonly #loop: EventLoop;
  readonly #tell: () => void;
  #watcher: Watcher | undefined;
  #waiting = false;
  #closed = false;

  constructor(loop: HandleLoop, tell: () => void) {
    this.#loop = loop as EventLoop;
    this.#tell = tell;
  }

  /** Once, however often it is asked meanwhile. The socket itself keeps the process alive. */
  wait(fd: number): void {
    if (this.#waiting || this.#closed) return;
    this.#waiting = true;
    const duplicate = native.dup(fd);
    if (duplicate < 0) {
      this.#loop.setTimeout(() => this.#ready(), RETRY_MS).unref();
      return;
    }
    try {
      this.#watcher = this.#loop.watch(duplicate, { write: true }, () => this.#ready()).unref();
    } catch {
      native.close(duplicate);
      this.#loop.setTimeout(() => this.#ready(), RETRY_MS).unref();
    }
  }

  #ready(): void {
    this.#end();
    if (!this.#closed) this.#tell();
  }

  #end(): void {
    const watcher = this.#watcher;
    this.#watcher = undefined;
    this.#waiting = false;
    if (watcher === undefined) return;
    const { fd } = watcher;
    watcher.close();
    native.close(fd);
  }

  close(): void {
    this.#closed = true;
    this.#end();
  }
}
