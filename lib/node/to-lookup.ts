// toLookup: look-ups of ours for who takes a `lookup` in the form of node:dns, with a callback.
import { invalidType } from '../base/errors.js';
import { isError } from '../base/realms.js';
import { codedError } from '../raw/errors.js';

/** What `node:net` and others ask for, as far as it is known here. */
export interface NodeLookupOptions {
  /** 4 or 'IPv4', 6 or 'IPv6', 0: both. */
  family?: number | string | undefined;
  /** All addresses. Default false. */
  all?: boolean | undefined;
  /** See `LookupOptions`. */
  hints?: number | undefined;
  /** See `LookupOptions`. */
  order?: string | undefined;
  /** See `LookupOptions`. */
  verbatim?: boolean | undefined;
}

/** An address that was found. */
export interface FoundAddress {
  /** As it is written. */
  address: string;
  /** 4 or 6. */
  family: number;
}

/** Who finds the addresses of hosts: `loop.dns`, a `Resolver` of it, or what is alike. */
export interface AddressFinder {
  /** All addresses of `host`, one at least. */
  lookup(host: string, options: { all: true }): PromiseLike<readonly FoundAddress[]>;
}

/** Told once: an error, all addresses, or the first and its family. */
export type NodeLookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | FoundAddress[],
  family?: number,
) => void;

/** The option `lookup` of `net.connect`, `http.request`, an `Agent` of undici, ... */
export type NodeLookup = (
  hostname: string,
  options: NodeLookupOptions,
  callback: NodeLookupCallback,
) => void;

/** Options that are handed on; whatever else a caller has in its own is not ours. */
const HANDED_ON = ['family', 'hints', 'order', 'verbatim'] as const;

/** Error ENOTFOUND, whatever was in its place. */
function noAddress(hostname: string, cause: unknown): Error {
  const error = codedError(Error, 'ENOTFOUND', `no address for ${hostname}`);
  error.cause = cause;
  return Object.assign(error, { hostname });
}

/** What the callback is told of the addresses. */
async function find(
  finder: AddressFinder,
  hostname: string,
  given: NodeLookupOptions,
): Promise<[address: string | FoundAddress[], family?: number]> {
  const options: Record<string, unknown> & { all: true } = { all: true };
  for (const name of HANDED_ON) if (given[name] !== undefined) options[name] = given[name];
  const isOfAll = given.all === true;
  const found = [...(await finder.lookup(hostname, options))];
  const [first] = found;
  if (first === undefined) throw noAddress(hostname, undefined);
  return isOfAll ? [found] : [first.address, first.family];
}

/** What was given in the place of options: those, a family, nothing. */
function optionsOf(given: unknown): NodeLookupOptions {
  return typeof given === 'number' ? { family: given } : Object(given);
}

/**
 * Look-ups of ours in the form of `dns.lookup`, for the option `lookup` of Node's modules and of
 * clients: by name servers of one's own, without a thread, or on the loop's pool in place of
 * the host's. It is of use where the host's loop runs: a loop that is attached.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE for what has no function `lookup`
 * @example
 * const resolver = new loop.dns.Resolver({ servers: ['127.0.0.1:5353'] });
 * http.get('http://example.test/', { lookup: toLookup(resolver) });
 */
export function toLookup(finder: AddressFinder): NodeLookup {
  if (typeof Object(finder).lookup !== 'function') {
    throw invalidType('finder', 'an object with a function lookup');
  }
  // As of dns.lookup, options may be left out.
  return (hostname: string, options: unknown, last?: NodeLookupCallback) => {
    const callback = last ?? (options as NodeLookupCallback);
    if (typeof callback !== 'function') throw invalidType('callback', 'a function');
    // Not in the promise's callback: what `callback` throws is the program's, not a rejection.
    const tell = (...told: Parameters<NodeLookupCallback>) => process.nextTick(callback, ...told);
    find(finder, hostname, optionsOf(last === undefined ? undefined : options)).then(
      (found) => tell(null, ...found),
      (thrown) => tell(isError(thrown) ? thrown : noAddress(hostname, thrown), ''),
    );
  };
}
