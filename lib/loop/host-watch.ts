// What lets a Worker be terminated while its loop blocks in the kernel: the engine
// can stop JavaScript, not a system call. The host tells its own loop of a
// termination, so a wait that watches that loop's descriptor ends as well.
import { builtin } from '../binding/builtin.js';
import { native } from '../binding/index.js';
import { Interest } from '../poller/interest.js';
import type { HandleLoop } from './contract.js';
import { Handle } from './handle.js';

class HostWatch extends Handle {
  override get kind(): string {
    return 'HostWatch';
  }
  override onReady(): void {}
  /** Out of `run`: a wait that nobody could end would be one for ever. The next tries again. */
  override onFailed(error: Error): void {
    throw error;
  }
  override onClosed(): void {}
  override close(): void {
    this.stop();
  }
}

let inWorker: boolean | undefined;

/** Asked on first use: loading the module takes longer than most of this package. */
function isInWorker(): boolean {
  inWorker ??= !(builtin('node:worker_threads') as { isMainThread: boolean }).isMainThread;
  return inWorker;
}

/** Watches the host's loop until `stop`; undefined where there is no need or no way. */
export function watchHost(loop: HandleLoop): Handle | undefined {
  // Bun exports the name of what tells the descriptor, and aborts when it is called.
  if (!isInWorker() || process.versions['bun'] !== undefined) return undefined;
  const fd = native.hostDescriptor();
  if (fd < 0) return undefined;
  const watch = new HostWatch(loop).unref();
  watch.start(fd, 0);
  // By edges: what the host has to do stays undone while this loop runs. Not with the
  // start, so that it is tried again where the kernel has no room for it now.
  watch.setInterest(Interest.READ | Interest.EDGE);
  return watch;
}
