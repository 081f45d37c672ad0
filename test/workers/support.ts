// What the tests of workers share: the jobs of jobs.cjs, and a loop driven until all is told.
import { join } from 'node:path';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import type { Workers } from '../../lib/workers/index.js';
import type { WorkersOptions } from '../../lib/workers/options.js';
import { type DriveMode, drive } from '../support/drive.js';

export const FILE = join(import.meta.dirname, 'jobs.cjs');

/** A job's name, and what it needs. */
export type Asked = readonly [name: string, ...given: unknown[]];
export type TestWorkers = Workers<Asked, unknown>;

/** Workers of `jobs.cjs`: one thread, unless the options say more. */
export function workersOf(loop: EventLoop, options: WorkersOptions = {}): TestWorkers {
  const what = options.code === undefined ? { file: FILE } : {};
  return loop.workers<Asked>({ size: 1, ...what, ...options });
}

/** How promises settle, with `loop` driven in `mode` until they are. */
export async function settled(
  loop: EventLoop,
  mode: DriveMode,
  promises: readonly Promise<unknown>[],
): Promise<unknown[]> {
  const all = Promise.allSettled(promises);
  await drive(loop, mode);
  return (await all).map((one) => (one.status === 'fulfilled' ? one.value : one.reason));
}

/** Words that a job and the test share. */
export function words(count = 2): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * count));
}

/** Calls `then` in the loop once the job has set the first word. */
export function onceBegun(loop: EventLoop, shared: Int32Array, then: () => void): void {
  const timer = loop.setInterval(() => {
    if (Atomics.load(shared, 0) === 0) return;
    loop.clearInterval(timer);
    then();
  }, 1);
}
