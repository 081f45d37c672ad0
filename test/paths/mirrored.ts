// A watched tree while something happens in it, as test/stress/paths.mjs has it: what was told,
// applied, has to become what is on the disk. What happens may run beside the loop, in processes.
import { expect } from 'vitest';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import type { PathEvent } from '../../lib/paths/events.js';
import { difference, Mirror, pathsOnDisk } from '../stress/mirror.mjs';
import { type DriveMode, drive } from '../support/drive.js';
import { shown } from './support.js';

const LOOK_MS = 5;
/** After that the difference is the outcome. */
const SETTLE_MS = 20_000;

/** Does something below the watched folder; over when its promise is. */
export type Act = () => unknown;

export interface Mirrored {
  /** Of each act, what was told, with what is there at first in front. */
  readonly told: string[][];
  readonly counts: Readonly<Record<PathEvent['type'], number>>;
}

/** Does the acts one after the other, each when what was told of those before is on the disk. */
export async function mirrored(
  loop: EventLoop,
  mode: DriveMode,
  folder: string,
  acts: readonly Act[],
): Promise<Mirrored> {
  const mirror = new Mirror();
  const told: string[][] = [[]];
  const watcher = loop.watchPath(folder, { recursive: true, initial: true }, (event) => {
    told.at(-1)?.push(shown(event));
    mirror.apply(event);
  });
  const settled = () =>
    new Promise<void>((done) => {
      const start = loop.now();
      const look = () => {
        const isSame = difference(mirror.paths, pathsOnDisk(folder)).length === 0;
        if (isSame || loop.now() - start > SETTLE_MS) done();
        else loop.setTimeout(look, LOOK_MS);
      };
      loop.setTimeout(look, LOOK_MS);
    });
  const play = async () => {
    await settled();
    for (const act of acts) {
      told.push([]);
      await act();
      await settled();
    }
  };
  const played = play().finally(() => watcher.close());
  await drive(loop, mode);
  await played;
  expect(difference(mirror.paths, pathsOnDisk(folder))).toEqual([]);
  expect(mirror.faults).toEqual([]);
  return { told: told.slice(1), counts: mirror.counts };
}
