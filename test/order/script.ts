// The script of the order tests: every kind of callback schedules every kind, three
// deep, and each writes its path into a log. It runs from its own source text in child
// processes too, so it uses nothing but its arguments and the host's globals.
import type { EventLoop } from '../../lib/faces/event-loop.js';

/** Where the descriptors that are ready at once come from. */
export interface ReadyDescriptors {
  open(): number;
  close(fd: number): void;
}

export const DEPTH = 3;

/**
 * Starts the script in the poll phase of the loop's next iteration.
 *
 * @param done takes the log, such as ['tick', 'tick>tick', ...]
 */
export function logOrder(
  loop: EventLoop,
  descriptors: ReadyDescriptors,
  depth: number,
  done: (log: string[]) => void,
): void {
  const onPoll = (callback: () => void) => {
    const fd = descriptors.open();
    return loop.watch(fd, { read: true }, (_ready, watcher) => {
      watcher.close();
      descriptors.close(fd);
      callback();
    });
  };
  const onClosing = (callback: () => void) => {
    const fd = descriptors.open();
    const watcher = loop.watch(fd, { read: true }, () => {});
    watcher.onClosed = callback;
    watcher.close();
    descriptors.close(fd);
  };
  const onInterval = (callback: () => void) => {
    const interval = loop.setInterval(() => {
      interval.close();
      callback();
    }, 0);
  };
  const once = (add: 'idle' | 'prepare' | 'check') => (callback: () => void) =>
    loop[add]((hook) => {
      hook.close();
      callback();
    });
  const ways: Record<string, (callback: () => void) => unknown> = {
    closing: onClosing,
    immediate: (callback) => loop.setImmediate(callback),
    check: once('check'),
    watch: onPoll,
    prepare: once('prepare'),
    idle: once('idle'),
    pending: (callback) => loop.defer(callback),
    interval: onInterval,
    timeout: (callback) => loop.setTimeout(callback, 0),
    promise: (callback) => Promise.resolve().then(callback),
    microtask: (callback) => queueMicrotask(callback),
    'host tick': (callback) => process.nextTick(callback),
    tick: (callback) => loop.nextTick(callback),
  };
  const log: string[] = [];
  let waiting = 0;
  const schedule = (way: (callback: () => void) => unknown, path: string[]) => {
    waiting++;
    way(() => {
      if (path.length > 0) log.push(path.join('>'));
      if (path.length < depth) {
        for (const kind of Object.keys(ways)) {
          schedule(ways[kind] as (callback: () => void) => unknown, [...path, kind]);
        }
      }
      if (--waiting > 0) return;
      pace.close();
      done(log);
    });
  };
  // Iterations follow each other without a wait, or a prepare hook that starts behind
  // its phase would wait for an event.
  const pace = loop.idle(() => {});
  schedule(onPoll, []);
}
