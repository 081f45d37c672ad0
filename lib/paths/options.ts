// What `loop.watchPath` takes.
import { checkSignal } from '../base/abort.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import { invalidType, invalidValue } from '../loop/errors.js';

/** How a path is watched. */
export interface WatchPathOptions {
  /** All that is below it as well, in folders that come later too. Default: false. */
  recursive?: boolean | undefined;
  /** Tells what is there at first by 'create'. Default: false. */
  initial?: boolean | undefined;
  /** Tells of permissions, owners and times by 'attributes'. Default: false. */
  attributes?: boolean | undefined;
  /** 'buffer': paths as the kernel has them, for names that are no UTF-8. Default: 'utf8'. */
  encoding?: 'utf8' | 'buffer' | undefined;
  /**
   * Without a callback: how many events are kept for who iterates; what comes beyond is told by an
   * 'overflow'. 1 to 2^31-1, default 16,384.
   */
  highWaterMark?: number | undefined;
  /** Closes the watcher when it aborts. */
  signal?: AbortSignal | undefined;
}

const NAMES: OptionNames<WatchPathOptions> = {
  recursive: true,
  initial: true,
  attributes: true,
  encoding: true,
  highWaterMark: true,
  signal: true,
};

const KEPT_EVENTS = 16384;

/** Options that were read. */
export interface PathSettings {
  readonly recursive: boolean;
  readonly initial: boolean;
  readonly attributes: boolean;
  readonly isBuffer: boolean;
  readonly highWaterMark: number;
  readonly signal: AbortSignal | undefined;
}

function flag(name: string, value: unknown): boolean {
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw invalidType(`options.${name}`, 'a boolean');
  return value;
}

/** @throws TypeError, RangeError for a bad option */
export function readPathOptions(given: WatchPathOptions): PathSettings {
  const read = readOptions('options', given, NAMES);
  const { encoding = 'utf8', highWaterMark = KEPT_EVENTS } = read;
  if (encoding !== 'utf8' && encoding !== 'buffer') {
    throw invalidValue('options.encoding', "'utf8' or 'buffer'");
  }
  return {
    recursive: flag('recursive', read.recursive),
    initial: flag('initial', read.initial),
    attributes: flag('attributes', read.attributes),
    isBuffer: encoding === 'buffer',
    highWaterMark: checkInteger('options.highWaterMark', highWaterMark, 1, 2 ** 31 - 1),
    signal: checkSignal(read.signal),
  };
}
