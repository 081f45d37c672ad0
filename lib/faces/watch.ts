// What the public loop has for descriptors of any kind.
import { LoopCore } from '../loop/drive.js';
import type { WatchCallback, Watcher, WatchOptions } from '../watch/watcher.js';
import * as families from './families.js';

/** What a loop has for descriptors of any kind. Use `EventLoop`. */
export abstract class WatchFace extends LoopCore {
  /**
   * Waits for any descriptor that the kernel can poll. It is borrowed: not read,
   * not written, not closed.
   *
   * @throws SystemError EPERM (a regular file, always ready: `node:fs` reads it), EEXIST
   *   (waited for already), EBADF; TypeError, RangeError; Error ERR_LOOP_CLOSED
   * @example
   * loop.watch(fd, { read: true }, (ready, watcher) => { ... });
   */
  watch(fd: number, options: WatchOptions, callback: WatchCallback): Watcher {
    const { Watcher } = families.watch();
    return new Watcher(this, fd, options, callback);
  }
}
