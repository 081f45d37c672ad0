// Watching a folder of a test's own, step by step: each step does something to files and waits for
// what is told of it. Nothing is told at a certain time; what has to come is waited for.
import type { EventLoop } from '../../lib/faces/event-loop.js';
import type { PathEvent } from '../../lib/paths/events.js';
import type { WatchPathOptions } from '../../lib/paths/options.js';
import type { PathWatcher } from '../../lib/paths/watcher.js';
import { type DriveMode, drive } from '../support/drive.js';
import { usedBackend } from '../support/libkqueue.js';

/** Whether the system tells each thing by its name, or folders are listed once they have changed. */
export const tellsNames = usedBackend !== 'kqueue';
/** What went with its folder, where that is told one by one. */
export const oneByOne = (...events: string[]): string[] => (tellsNames ? events : []);

/** 'create a', 'rename b from a', a slash behind a folder. */
export function shown({ type, name, isDirectory, path, from }: PathEvent): string {
  const before = path.slice(0, path.length - name.length);
  const of = from === undefined ? '' : ` from ${from.slice(before.length)}`;
  return `${type} ${name}${isDirectory ? '/' : ''}${of}`;
}

/** Does something, and the events by which it is over; the last of them ends the wait. */
export type Step = readonly [act: () => unknown, told: readonly string[]];

export interface Outcome {
  /** Of each step, what was told. */
  readonly told: string[][];
  readonly expected: (readonly string[])[];
}

/** Plays the steps one after the other, in `mode`; the watcher closes behind the last. */
export async function play(
  loop: EventLoop,
  mode: DriveMode,
  path: string,
  options: WatchPathOptions & { encoding?: 'utf8' },
  steps: readonly Step[],
): Promise<Outcome> {
  const told: string[][] = steps.map(() => []);
  let at = 0;
  const next = () => {
    const step = steps[at];
    if (step === undefined) watcher.close();
    else if (step[1].length === 0) {
      step[0]();
      at++;
      next();
    } else step[0]();
  };
  const watcher: PathWatcher = loop.watchPath(path, options, (event) => {
    const step = told[at];
    const wanted = steps[at]?.[1] ?? [];
    step?.push(shown(event));
    if (step?.at(-1) !== wanted.at(-1) || step === undefined || step.length < wanted.length) return;
    at++;
    loop.setImmediate(next);
  });
  watcher.ready.then(() => loop.setImmediate(next));
  await drive(loop, mode);
  return { told, expected: steps.map(([, expected]) => expected) };
}
