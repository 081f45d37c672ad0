// Events of plain descriptors: `watch.mjs guest` by loop.watch inside Node's loop,
// `watch.mjs npm-epoll FOLDER` by that package, `watch.mjs compat` by what stands in for
// it. The descriptors are eventfds, and all read and write them with the same calls, so
// that only the waiting differs.
// See eventfd(2).
import { createRequire } from 'node:module';
import { measureRepeated, serve } from './serve.mjs';

const require = createRequire(import.meta.url);
const raw = require('../../dist/raw.cjs');

const [which, folder] = process.argv.slice(2);
const buffer = new Uint8Array(8);
const one = new Uint8Array(new BigUint64Array([1n]).buffer);

/**
 * Calls back with the descriptor on each event, until the function it returns is called.
 * @type {(fds: number[], callback: (fd: number) => void) => () => void}
 */
const watch =
  which === 'guest' ? watcherOfLoop() : watcherOfPackage(folder ?? '../../dist/compat/epoll.cjs');

function watcherOfLoop() {
  const { EventLoop } = require('../../dist/index.cjs');
  const loop = new EventLoop().attach();
  return (fds, callback) => {
    const watchers = fds.map((fd) => loop.watch(fd, { read: true }, () => callback(fd)));
    return () => {
      for (const watcher of watchers) watcher.close();
    };
  };
}

/** @param {string} place of the package, or of ours in its place */
function watcherOfPackage(place) {
  const { Epoll } = require(place);
  return (fds, callback) => {
    const epoll = new Epoll((error, fd) => {
      if (error) throw error;
      callback(fd);
    });
    for (const fd of fds) epoll.add(fd, Epoll.EPOLLIN);
    return () => {
      for (const fd of fds) epoll.remove(fd);
      epoll.close();
    };
  };
}

/**
 * @param {number} count of descriptors
 * @param {boolean} answers  reads each and makes it readable again
 * @returns {import('./serve.mjs').Work}
 */
function work(count, answers) {
  return async ({ ms }) => {
    const fds = Array.from({ length: count }, () => raw.eventfd(1, raw.constants.EFD_NONBLOCK));
    const writtenMs = new Map(fds.map((fd) => [fd, performance.now()]));
    let onTime = (/** @type {number} */ _beginMs) => {};
    let isTimed = false;
    const stop = watch(fds, (fd) => {
      onTime(isTimed ? (writtenMs.get(fd) ?? 0) : 0);
      if (answers) {
        if (raw.read(fd, buffer, 0, 8) !== 8) throw new Error('an event without its bytes');
        if (raw.write(fd, one, 0, 8) !== 8) throw new Error('an eventfd that is full');
      }
      if (isTimed) writtenMs.set(fd, performance.now());
    });
    let calls = 0;
    const figures = await measureRepeated(ms, (callback) => {
      onTime = callback;
      isTimed = ++calls === 2;
      if (isTimed) for (const fd of fds) writtenMs.set(fd, performance.now());
    });
    stop();
    for (const fd of fds) raw.close(fd);
    return figures;
  };
}

serve({
  one: work(1, true),
  many: work(64, true),
  readable: work(1, false),
  'readable-many': work(64, false),
});
