// The lanes of a pool: each kind of work waits in its own, and none may hold more of
// the threads than its limit, so that what blocks for long leaves some to the others.
// Between lanes that have work, the threads go round. See native/pool/lanes.h.
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import type { LaneStats, NativePool } from '../binding/index.js';

/**
 * The number of each in native code. `dns` is slow work, which waits for others for
 * seconds: it has at most half of the threads.
 */
export const Lane = { fs: 0, crypto: 1, dns: 2, zlib: 3 } as const;

export type LaneName = keyof typeof Lane;
export type LaneNumber = (typeof Lane)[LaneName];

/**
 * How many threads each may have at once: 1 to 1,024. Default: all there are; of `dns`
 * half of them, and one at least.
 */
export type LaneLimits = { [name in LaneName]?: number | undefined };

const NAMES: OptionNames<LaneLimits> = {
  fs: true,
  crypto: true,
  dns: true,
  zlib: true,
};
/** In the order of their numbers. */
const names = Object.keys(Lane) as LaneName[];

/** A limit that no pool reaches. */
const NO_LIMIT = 1024;
const SLOW: readonly LaneName[] = ['dns'];

/** What a lane may have of `size` threads, unless it was given a limit. */
function defaultLimit(name: LaneName, size: number): number {
  return SLOW.includes(name) ? Math.max(1, Math.floor(size / 2)) : NO_LIMIT;
}

export class Lanes {
  readonly #limits: readonly number[];

  /** @throws TypeError, RangeError ERR_OUT_OF_RANGE for a bad limit */
  constructor(size: number, limits: LaneLimits = {}) {
    const read = readOptions('lanes', limits, NAMES);
    this.#limits = names.map((name) =>
      checkInteger(`lanes.${name}`, read[name] ?? defaultLimit(name, size), 1, NO_LIMIT),
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
