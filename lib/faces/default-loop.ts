// The loop that a program shares without making one: attached to the host's loop
// on first use, one a thread.

import type { WatchCallback, Watcher, WatchOptions } from '../watch/watcher.js';
import { EventLoop } from './event-loop.js';

/**
 * The host keeps it while something in it may call back. This does not: where the package
 * is loaded again and again, each copy would leave a loop behind.
 */
let current: WeakRef<EventLoop> | undefined;

/** The loop of this thread, in guest mode. Made and attached on first use. */
export function defaultLoop(): EventLoop {
  let loop = current?.deref();
  if (loop === undefined || loop.closed) {
    loop = new EventLoop().attach();
    current = new WeakRef(loop);
  }
  return loop;
}

/**
 * Waits for any descriptor on the default loop; see `EventLoop.watch`.
 *
 * @example
 * const watcher = watch(fd, { read: true }, () => { ... });
 */
export function watch(fd: number, options: WatchOptions, callback: WatchCallback): Watcher {
  return defaultLoop().watch(fd, options, callback);
}
