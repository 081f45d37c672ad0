// The lanes of a pool: each kind of work waits in its own, and none may hold more of
// the threads than its limit, so that what blocks for long leaves some to the others.
// Between lanes that have work, the threads go round. See native/pool/lanes.h.
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import type { LaneStats, NativePool } from '../binding/index.js';

/** The number of each in native code. */
export const Lane = { fs: 0, crypto: 1 } as const;

export type LaneName = keyof typeof Lane;
export type LaneNumber = (typeof Lane)[LaneName];

/** How many threads each may have at once: 1 to 1,024. Default: all there are. */
export type LaneLimits = { [name in LaneName]?: number | undefined };

const NAMES: OptionNames<LaneLimits> = { fs: true, crypto: true };
/** In the order of their numbers. */
const names = Object.keys(Lane) as LaneName[];

/** A limit that no pool reaches. */
const NO_LIMIT = 1024;

export class Lanes {
  readonly #limits: readonly number[];

  /** @throws TypeError, RangeError ERR_OUT_OF_RANGE for a bad limit */
  constructor(limits: LaneLimits = {}) {
    const read = readOptions('lanes', limits, NAMES);
    this.#limits = names.map((name) =>
      checkInteger(`lanes.${name}`, read[name] ?? NO_LIMIT, 1, NO_LIMIT),
    );
  }

  /** Makes the lanes of a pool that has none yet. */
  addTo(pool: NativePool): void {
    for (const limit of this.#limits) pool.addLane(limit);
  }

  /** What each is doing, by name; `stats` is by number, empty before the pool has begun. */
  named(stats: readonly LaneStats[]): Record<LaneName, LaneStats> {
    const named = {} as Record<LaneName, LaneStats>;
    for (const name of names) {
      const limit = this.#limits[Lane[name]] as number;
      named[name] = stats[Lane[name]] ?? { limit, queued: 0, running: 0, completed: 0 };
    }
    return named;
  }
}
