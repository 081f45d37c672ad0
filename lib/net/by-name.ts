// Connecting to a host by its name: who finds its addresses is handed in, as what looks names up
// stands above this. See RFC 8305.
import { invalidType, invalidValue } from '../base/errors.js';
import { isError } from '../base/realms.js';
import type { IpAddress } from '../binding/index.js';
import { whenClosed } from '../loop/when-closed.js';
import { codedError } from '../raw/errors.js';
import { ANSWERED_PLACE, addressOf } from './endpoint.js';
import { type Begin, interleaved, Race } from './race.js';
import type { Socket } from './socket.js';

/** Finds the addresses of hosts: `loop.dns`, a `Resolver` of it, or what is alike. */
export interface HostResolver {
  /** The addresses of `host`, of one family or (0) of both, in the order of preference. */
  lookup(
    host: string,
    options: { all: true; family: 0 | 4 | 6; signal: AbortSignal },
  ): PromiseLike<readonly { readonly address: string; readonly family: number }[]>;
}

/** Where to, by name. */
export interface NamedTarget {
  readonly host: string;
  readonly port: number;
  /** Of which families. */
  readonly families: readonly IpAddress['family'][];
}

/** A server of a name has to be named no more often; it is a bound for what others tell us. */
const MAX_ADDRESSES = 32;

/** @throws TypeError ERR_INVALID_ARG_TYPE */
export function checkResolver(resolver: HostResolver | undefined): HostResolver | undefined {
  if (resolver === undefined) return undefined;
  // Null, or anything else: whatever is asked of it.
  if (typeof Object(resolver).lookup === 'function') return resolver;
  throw invalidType('options.resolver', 'an object with a function lookup');
}

/** The addresses that may be tried, in their order. @throws TypeError for what is none */
function addressesOf(
  found: readonly { readonly address: string }[],
  { host, port, families }: NamedTarget,
): IpAddress[] {
  if (!Array.isArray(found)) throw invalidValue('lookup', 'a function that gives addresses');
  const texts = new Set(found.slice(0, MAX_ADDRESSES).map((each) => each?.address));
  const addresses = [...texts].map((address) => addressOf(address, port, ANSWERED_PLACE));
  const fitting = interleaved(addresses.filter(({ family }) => families.includes(family)));
  if (fitting.length > 0) return fitting;
  throw codedError(Error, 'ENOTFOUND', `no address of ${families.join(' or ')} for ${host}`);
}

/** What is told where a look-up rejects with what is no error, such as undefined. */
function notFound(host: string, cause: unknown): Error {
  const error = codedError(Error, 'ENOTFOUND', `the address of ${host} could not be looked up`);
  error.cause = cause;
  return error;
}

/** `socket`, which has started without a descriptor, is to be connected to a host. */
export async function connectByName(
  socket: Socket,
  target: NamedTarget,
  resolver: HostResolver,
  begin: Begin,
  delayMs: number,
): Promise<void> {
  const { host, port, families } = target;
  const closed = new AbortController();
  whenClosed(socket, () => closed.abort());
  const [only] = families;
  const family = families.length > 1 ? 0 : only === 'ipv4' ? 4 : 6;
  try {
    const options = { all: true, family, signal: closed.signal } as const;
    const addresses = addressesOf(await resolver.lookup(host, options), target);
    if (!socket.active) return;
    const race = new Race(socket, addresses, begin, delayMs, { address: host, port });
    whenClosed(socket, () => race.end());
    race.tryNext();
  } catch (thrown) {
    socket.destroy(isError(thrown) ? thrown : notFound(host, thrown));
  }
}
