// `loop.dns`: look-ups by the C library, on the pool, and questions to name servers, on the
// loop. The latter are loaded with the first of them.
import { checkSignal, throwIfAborted } from '../base/abort.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import { invalidType, invalidValue } from '../loop/errors.js';
import type { NameLookups } from '../pool/dns/lookups.js';
import type { AskingLoop } from './call.js';
import { lookupError } from './errors.js';
import {
  arranged,
  type LookupAddress,
  type LookupFamily,
  type LookupOptions,
  readLookupOptions,
} from './lookup-options.js';
import { checkHost, familyOf } from './names.js';
import { NameQuestions, type Resolved, type ResolveOptions } from './questions.js';
import type { Resolver } from './resolver.js';
import type { ResolverOptions } from './resolver-options.js';
import * as seldom from './seldom.js';

/** Who has an address, and what a port is for. */
export interface LookupServiceResult {
  /** The name of the host. */
  hostname: string;
  /** The name of the service, or the number of the port where it has none. */
  service: string;
}

/** The library has found something, and all of families that are not IP's. */
const NOTHING = -10_000;
const NAMES: OptionNames<ResolveOptions> = { signal: true };

/** `loop.dns`. */
export class NameRequests extends NameQuestions {
  readonly #loop: AskingLoop;
  readonly #lookups: NameLookups;
  #default: Resolver | undefined;
  #Resolver: (new (options?: ResolverOptions) => Resolver) | undefined;

  /** @internal */
  constructor(loop: AskingLoop, lookups: NameLookups) {
    super();
    this.#loop = loop;
    this.#lookups = lookups;
  }

  /**
   * A class whose instances ask name servers of their own choice, on this loop.
   *
   * @example
   * const resolver = new loop.dns.Resolver({ servers: ['127.0.0.1:5353'], timeoutMs: 500 });
   * const addresses = await resolver.resolve4('example.org');
   */
  get Resolver(): new (
    options?: ResolverOptions,
  ) => Resolver {
    this.#Resolver ??= seldom.resolver().resolverOf(this.#loop);
    return this.#Resolver;
  }

  /**
   * The addresses of a host as every program of this system finds them, by getaddrinfo(3): it
   * takes a thread of the pool, of which look-ups have at most half. An address is itself.
   *
   * Rejects with a DnsError ENOTFOUND, EAI_AGAIN, EAI_FAIL, ...; a TypeError or RangeError; an
   * AbortError ABORT_ERR; an Error ERR_LOOP_CLOSED, ERR_POOL_NO_THREAD.
   *
   * @example
   * const { address, family } = await loop.dns.lookup('localhost');
   */
  lookup(host: string, options: LookupOptions & { all: true }): Promise<LookupAddress[]>;
  lookup(host: string, options?: LookupFamily | LookupOptions): Promise<LookupAddress>;
  async lookup(
    host: string,
    options: LookupFamily | LookupOptions = {},
  ): Promise<LookupAddress | LookupAddress[]> {
    const plan = readLookupOptions(options);
    const name = checkHost(host);
    const family = familyOf(name);
    throwIfAborted(plan.signal);
    if (family !== 0) return arranged([{ address: name, family }], plan);
    const failed = (status: number) => lookupError(status, 'getaddrinfo', host);
    const lines = await this.#lookups.lookup(name, plan, failed);
    // Some systems tell an address once for each thing that it is good for.
    const addresses = [...new Set(lines)].filter((line) => line !== '');
    if (addresses.length === 0) throw lookupError(NOTHING, 'getaddrinfo', host);
    const found = addresses.map((address): LookupAddress => {
      return { address, family: address.includes(':') ? 6 : 4 };
    });
    return arranged(found, plan);
  }

  /**
   * The name of the host that has an address, and of the service that a port is for, by
   * getnameinfo(3). Rejects as `lookup`.
   *
   * @param port 0 to 65535
   * @example
   * const { hostname, service } = await loop.dns.lookupService('127.0.0.1', 22);
   */
  async lookupService(
    address: string,
    port: number,
    options: ResolveOptions = {},
  ): Promise<LookupServiceResult> {
    const signal = checkSignal(readOptions('options', options, NAMES).signal);
    checkInteger('port', port, 0, 65535);
    if (typeof address !== 'string') throw invalidType('address', 'of type string');
    if (address.includes('%') || familyOf(address) === 0) {
      throw invalidValue('address', 'an IPv4 or IPv6 address');
    }
    const failed = (status: number) => lookupError(status, 'getnameinfo', address);
    const lines = await this.#lookups.lookupService(address, port, signal, failed);
    const [hostname = '', service = ''] = lines;
    return { hostname, service };
  }

  /** The servers that its questions go to: those of /etc/resolv.conf, unless others were set. */
  getServers(): string[] {
    return this.#asking.getServers();
  }

  /**
   * Asks others from now on. A Resolver has its own.
   *
   * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE
   */
  setServers(servers: readonly string[]): void {
    this.#asking.setServers(servers);
  }

  get #asking(): Resolver {
    this.#default ??= new this.Resolver();
    return this.#default;
  }

  /** @internal */
  override ask(
    name: string,
    type: keyof Resolved,
    signal: AbortSignal | undefined,
  ): Promise<unknown[]> {
    return this.#asking.ask(name, type, signal);
  }

  /** @internal */
  override askReverse(address: string, signal: AbortSignal | undefined): Promise<string[]> {
    return this.#asking.askReverse(address, signal);
  }
}
