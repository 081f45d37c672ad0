// What `lookup` takes, by the C library or by a Resolver, and what it gives: Node's options and
// shapes. See getaddrinfo(3).
import { checkSignal } from '../base/abort.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import { invalidType, invalidValue } from '../loop/errors.js';
import { constants } from '../raw/constants.js';

/** In which order addresses come: as they were found, or one family first. */
export type LookupOrder = 'verbatim' | 'ipv4first' | 'ipv6first';

/** The family alone, in the place of options. */
export type LookupFamily = 0 | 4 | 6;

/** What is looked up, and how. */
export interface LookupOptions {
  /** 4 or 'IPv4', 6 or 'IPv6': addresses of that family alone. Default 0: of both. */
  family?: 0 | 4 | 6 | 'IPv4' | 'IPv6' | undefined;
  /** All addresses, as a list, instead of the first. Default false. */
  all?: boolean | undefined;
  /**
   * Of `constants.AI_ADDRCONFIG` (only families that this machine has an address of),
   * `AI_V4MAPPED` (with family 6: IPv4 addresses as IPv6) and `AI_ALL` (those beside the others);
   * the C library's alone. Default 0.
   */
  hints?: number | undefined;
  /** Default 'verbatim': as they were found. */
  order?: LookupOrder | undefined;
  /** The same as an `order`: false is 'ipv4first'. */
  verbatim?: boolean | undefined;
  /** Rejects when it aborts; what a thread has begun goes on, unheard. */
  signal?: AbortSignal | undefined;
}

/** An address that was found. */
export interface LookupAddress {
  /** As it is written; with '%' and the interface where it is of one link alone. */
  address: string;
  /** 4 or 6. */
  family: 4 | 6;
}

/** Options that were read. */
export interface LookupPlan {
  readonly family: 0 | 4 | 6;
  readonly all: boolean;
  readonly hints: number;
  readonly order: LookupOrder;
  readonly signal: AbortSignal | undefined;
}

const NAMES: OptionNames<LookupOptions> = {
  family: true,
  all: true,
  hints: true,
  order: true,
  verbatim: true,
  signal: true,
};

const HINTS = ['AI_ADDRCONFIG', 'AI_V4MAPPED', 'AI_ALL'].reduce(
  (all, name) => all | (constants[name] ?? 0),
  0,
);
const FAMILIES = new Map<unknown, 0 | 4 | 6>([
  [0, 0],
  [4, 4],
  [6, 6],
  ['IPv4', 4],
  ['IPv6', 6],
]);
const ORDERS: readonly unknown[] = ['verbatim', 'ipv4first', 'ipv6first'];

function orderOf({ order, verbatim }: LookupOptions): LookupOrder {
  if (verbatim !== undefined && typeof verbatim !== 'boolean') {
    throw invalidType('options.verbatim', 'a boolean');
  }
  if (order === undefined) return verbatim === false ? 'ipv4first' : 'verbatim';
  if (!ORDERS.includes(order)) {
    throw invalidValue('options.order', "'verbatim', 'ipv4first' or 'ipv6first'");
  }
  return order;
}

/** @throws TypeError, RangeError */
export function readLookupOptions(given: LookupFamily | LookupOptions): LookupPlan {
  const wanted = typeof given === 'number' ? { family: given } : given;
  const options = readOptions('options', wanted, NAMES);
  const { all = false, hints = 0 } = options;
  const family = FAMILIES.get(options.family ?? 0);
  if (family === undefined) {
    throw invalidValue('options.family', "0, 4, 6, 'IPv4' or 'IPv6'");
  }
  if (typeof all !== 'boolean') throw invalidType('options.all', 'a boolean');
  checkInteger('options.hints', hints, 0, 2 ** 31 - 1);
  if ((hints & ~HINTS) !== 0) {
    throw invalidValue('options.hints', 'of AI_ADDRCONFIG, AI_V4MAPPED and AI_ALL');
  }
  return { family, all, hints, order: orderOf(options), signal: checkSignal(options.signal) };
}

/** The addresses in the order that was asked for: all, or the first. There is one at least. */
export function arranged(
  found: readonly LookupAddress[],
  { all, order }: LookupPlan,
): LookupAddress | LookupAddress[] {
  const first = order === 'ipv4first' ? 4 : 6;
  const list =
    order === 'verbatim'
      ? [...found]
      : [
          ...found.filter(({ family }) => family === first),
          ...found.filter(({ family }) => family !== first),
        ];
  return all ? list : (list[0] as LookupAddress);
}
