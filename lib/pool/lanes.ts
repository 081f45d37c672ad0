// The lanes of a pool: each kind of work waits in its own, and none may hold more of
// the threads than its limit, so that what blocks for long leaves some to the others.
// Between lanes that have work, the threads go round. See native/pool/lanes.h.
import { invalidType, invalidValue } from '../base/errors.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import type { NativeThreads } from '../binding/index.js';

/**
 * The number of each in native code. `dns` is slow work, which waits for others for
 * seconds: it has at most half of the threads.
 */
export const Lane = { fs: 0, crypto: 1, dns: 2, zlib: 3 } as const;

/** The lanes that every pool has. */
export type LaneName = keyof typeof Lane;
/** The number of a lane: one of `Lane`, or of a lane of the user's. */
export type LaneNumber = number;

/** What a request of a kind is called in records: by its family, which has a lane of its own. */
export function recordName(lane: LaneNumber, kind: string): string {
  return `${BUILT_IN[lane]}.${kind}`;
}

/** What a lane may have. */
export interface LaneOptions {
  /**
   * Threads at once: 1 to 1,024. Default: all there are; of `dns` half of them, and one at
   * least.
   */
  limit?: number | undefined;
  /**
   * How many of its requests a thread takes for each turn of the others: 1 to 1,000,
   * default 1. No lane is passed over, whatever the priority of others.
   */
  priority?: number | undefined;
  /** Requests that may wait for a thread: 1 to 2^53-1. Default: as many as in the pool. */
  maxQueued?: number | undefined;
}

/** By name, of `LaneName` or a new one: what a lane may have, or its `limit` alone. */
export interface LanesOptions {
  /** A lane. */
  [lane: string]: LaneOptions | number | undefined;
}

const NAMES: OptionNames<LaneOptions> = { limit: true, priority: true, maxQueued: true };
const BUILT_IN = Object.keys(Lane) as readonly LaneName[];
const SLOW: readonly string[] = ['dns'] satisfies LaneName[];
const NEW_NAME = /^[A-Za-z][\w-]{0,31}$/;

/** As native/pool/lanes.h has it. */
const MAX_LANES = 64;
const MAX_LIMIT = 1024;
const MAX_PRIORITY = 1000;

interface LaneSpec {
  readonly name: string;
  /** Undefined: as many threads as such work may have. */
  readonly limit: number | undefined;
  readonly priority: number;
  readonly maxQueued: number;
}

function readLane(name: string, given: LaneOptions | number | undefined): LaneSpec {
  const at = `options.lanes.${name}`;
  if (typeof given === 'number') {
    const limit = checkInteger(at, given, 1, MAX_LIMIT);
    return { name, limit, priority: 1, maxQueued: Number.MAX_SAFE_INTEGER };
  }
  if (given !== undefined && (typeof given !== 'object' || given === null)) {
    throw invalidType(at, 'a number or an object');
  }
  const {
    limit,
    priority = 1,
    maxQueued = Number.MAX_SAFE_INTEGER,
  } = given === undefined ? {} : readOptions(at, given, NAMES);
  if (limit !== undefined) checkInteger(`${at}.limit`, limit, 1, MAX_LIMIT);
  checkInteger(`${at}.priority`, priority, 1, MAX_PRIORITY);
  checkInteger(`${at}.maxQueued`, maxQueued, 1, Number.MAX_SAFE_INTEGER);
  return { name, limit, priority, maxQueued };
}

/** @throws TypeError for what is no name */
function checkNewName(name: string): void {
  if (NEW_NAME.test(name)) return;
  throw invalidValue(
    `options.lanes.${name.slice(0, 80)}`,
    'a name of 1 to 32 letters, digits, _ and -',
  );
}

/** Names and numbers of the lanes of a pool. */
export class LaneNames {
  /** In the order of their numbers. */
  readonly all: readonly string[];
  readonly #numbers: ReadonlyMap<string, LaneNumber>;

  constructor(all: readonly string[]) {
    this.all = all;
    this.#numbers = new Map(all.map((name, number) => [name, number]));
  }

  /** Its name; '': there is none of that number. */
  nameOf(lane: LaneNumber): string {
    return this.all[lane] ?? '';
  }

  /** Undefined: there is none of that name. */
  numberOf(name: string): LaneNumber | undefined {
    return this.#numbers.get(name);
  }
}

/** The lanes that a new pool is to have. */
export class Lanes {
  readonly #lanes: readonly LaneSpec[];

  /** @throws TypeError, RangeError ERR_OUT_OF_RANGE for a bad limit, priority or name */
  constructor(given: LanesOptions = {}) {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      throw invalidType('options.lanes', 'an object');
    }
    const added = Object.keys(given).filter((name) => !Object.hasOwn(Lane, name));
    for (const name of added) checkNewName(name);
    const names = [...BUILT_IN, ...added];
    if (names.length > MAX_LANES) throw invalidValue('options.lanes', `${MAX_LANES} lanes at most`);
    this.#lanes = names.map((name) =>
      readLane(name, Object.hasOwn(given, name) ? given[name] : undefined),
    );
  }

  /** Makes the lanes of threads that have none yet. */
  addTo(threads: NativeThreads): void {
    for (const { name, limit, priority, maxQueued } of this.#lanes) {
      const halves = limit === undefined && SLOW.includes(name);
      threads.addLane(name, limit ?? MAX_LIMIT, halves, priority, maxQueued);
    }
  }
}
