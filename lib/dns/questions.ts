// The questions that name servers are asked, as methods in Node's names: of a Resolver, and of
// `loop.dns` by a Resolver of its own. What asks them is the subclass's.
import { checkSignal } from '../base/abort.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { invalidType, invalidValue } from '../loop/errors.js';
import { familyOf } from './names.js';
import type {
  AddressWithTtl,
  AnyRecord,
  CaaRecord,
  MxRecord,
  NaptrRecord,
  SoaRecord,
  SrvRecord,
} from './record-types.js';

/** What a question is to be. */
export interface ResolveOptions {
  /** Rejects when it aborts, and what it waits for is closed. */
  signal?: AbortSignal | undefined;
}

/** What a question for addresses is to be. */
export interface ResolveAddressOptions extends ResolveOptions {
  /** Each address with how long it may be kept. Default false. */
  ttl?: boolean | undefined;
}

/** What `resolve` gives, by the type of record. */
export interface Resolved {
  /** IPv4 addresses. */
  A: string[];
  /** IPv6 addresses. */
  AAAA: string[];
  /** Whatever the server tells of the name. */
  ANY: AnyRecord[];
  /** Who may issue certificates. */
  CAA: CaaRecord[];
  /** What it is an alias of. */
  CNAME: string[];
  /** Hosts that take its mail. */
  MX: MxRecord[];
  /** Rules that rewrite it. */
  NAPTR: NaptrRecord[];
  /** Its name servers. */
  NS: string[];
  /** What it points to. */
  PTR: string[];
  /** The start of its authority. */
  SOA: SoaRecord;
  /** Hosts that serve it. */
  SRV: SrvRecord[];
  /** Texts, each in pieces. */
  TXT: string[][];
}

const NAMES: OptionNames<ResolveOptions> = { signal: true };
const ADDRESS_NAMES: OptionNames<ResolveAddressOptions> = { ttl: true, signal: true };
/** In the order of their names. */
const TYPES: Readonly<Record<keyof Resolved, true>> = {
  A: true,
  AAAA: true,
  ANY: true,
  CAA: true,
  CNAME: true,
  MX: true,
  NAPTR: true,
  NS: true,
  PTR: true,
  SOA: true,
  SRV: true,
  TXT: true,
};

function checkName(name: unknown): string {
  if (typeof name !== 'string') throw invalidType('name', 'of type string');
  return name;
}

/** What may be asked of name servers. Use `loop.dns`, or a `Resolver` of it. */
export abstract class NameQuestions {
  /** @internal */
  abstract ask(
    name: string,
    type: keyof Resolved,
    signal: AbortSignal | undefined,
  ): Promise<unknown[]>;

  /** @internal */
  abstract askReverse(address: string, signal: AbortSignal | undefined): Promise<string[]>;

  /**
   * The records of `name` of a type. Rejects with a DnsError, whose `code` is ENOTFOUND (there is
   * no such name), ENODATA (nothing of this type), ESERVFAIL, EREFUSED, ENOTIMP, EFORMERR,
   * EBADRESP, ETIMEOUT, ECONNREFUSED, EBADNAME, ECANCELLED; a TypeError; an AbortError ABORT_ERR;
   * an Error ERR_LOOP_CLOSED.
   *
   * @param type 'A', 'AAAA', 'ANY', 'CAA', 'CNAME', 'MX', 'NAPTR', 'NS', 'PTR', 'SOA', 'SRV' or
   *   'TXT'; default 'A'
   * @example
   * const [{ exchange }] = await loop.dns.resolve('example.org', 'MX');
   */
  async resolve<Type extends keyof Resolved = 'A'>(
    name: string,
    type?: Type,
    options: ResolveOptions = {},
  ): Promise<Resolved[Type]> {
    const asked = type === undefined ? 'A' : type;
    if (typeof asked !== 'string') throw invalidType('type', 'of type string');
    if (!Object.hasOwn(TYPES, asked)) {
      throw invalidValue('type', `one of ${Object.keys(TYPES).join(', ')}`);
    }
    const { signal } = readOptions('options', options, NAMES);
    const found = await this.ask(checkName(name), asked, checkSignal(signal));
    const isOfAddresses = asked === 'A' || asked === 'AAAA';
    const values = isOfAddresses ? bare(found as AddressWithTtl[]) : found;
    return (asked === 'SOA' ? values[0] : values) as Resolved[Type];
  }

  /** IPv4 addresses; the file of hosts is looked at first. Rejects as `resolve`. */
  resolve4(name: string, options: ResolveAddressOptions & { ttl: true }): Promise<AddressWithTtl[]>;
  resolve4(name: string, options?: ResolveAddressOptions): Promise<string[]>;
  resolve4(name: string, options?: ResolveAddressOptions): Promise<string[] | AddressWithTtl[]> {
    return this.#addresses(name, 'A', options);
  }

  /** IPv6 addresses; the file of hosts is looked at first. Rejects as `resolve`. */
  resolve6(name: string, options: ResolveAddressOptions & { ttl: true }): Promise<AddressWithTtl[]>;
  resolve6(name: string, options?: ResolveAddressOptions): Promise<string[]>;
  resolve6(name: string, options?: ResolveAddressOptions): Promise<string[] | AddressWithTtl[]> {
    return this.#addresses(name, 'AAAA', options);
  }

  /** Whatever a server tells of a name; many tell next to nothing (RFC 8482). */
  resolveAny(name: string, options?: ResolveOptions): Promise<AnyRecord[]> {
    return this.resolve(name, 'ANY', options);
  }

  /** Who may issue certificates for a name. */
  resolveCaa(name: string, options?: ResolveOptions): Promise<CaaRecord[]> {
    return this.resolve(name, 'CAA', options);
  }

  /** What a name is an alias of. */
  resolveCname(name: string, options?: ResolveOptions): Promise<string[]> {
    return this.resolve(name, 'CNAME', options);
  }

  /** The hosts that take mail for a name. */
  resolveMx(name: string, options?: ResolveOptions): Promise<MxRecord[]> {
    return this.resolve(name, 'MX', options);
  }

  /** The rules that rewrite a name. */
  resolveNaptr(name: string, options?: ResolveOptions): Promise<NaptrRecord[]> {
    return this.resolve(name, 'NAPTR', options);
  }

  /** The name servers of a zone. */
  resolveNs(name: string, options?: ResolveOptions): Promise<string[]> {
    return this.resolve(name, 'NS', options);
  }

  /** What a name points to; of an address: `reverse`. */
  resolvePtr(name: string, options?: ResolveOptions): Promise<string[]> {
    return this.resolve(name, 'PTR', options);
  }

  /** The start of a zone's authority. */
  resolveSoa(name: string, options?: ResolveOptions): Promise<SoaRecord> {
    return this.resolve(name, 'SOA', options);
  }

  /** The hosts of a service, such as '_imaps._tcp.example.org'. */
  resolveSrv(name: string, options?: ResolveOptions): Promise<SrvRecord[]> {
    return this.resolve(name, 'SRV', options);
  }

  /** The texts of a name, each in its pieces of at most 255 bytes: a letter is a byte. */
  resolveTxt(name: string, options?: ResolveOptions): Promise<string[][]> {
    return this.resolve(name, 'TXT', options);
  }

  /**
   * The names of an address; the file of hosts is looked at first. Rejects as `resolve`, with the
   * syscall 'getHostByAddr'.
   *
   * @example
   * const [name] = await loop.dns.reverse('127.0.0.1');
   */
  async reverse(address: string, options: ResolveOptions = {}): Promise<string[]> {
    if (typeof address !== 'string') throw invalidType('address', 'of type string');
    const { signal } = readOptions('options', options, NAMES);
    const checked = checkSignal(signal);
    const [bareAddress = ''] = address.split('%');
    if (familyOf(bareAddress) === 0) throw invalidValue('address', 'an IPv4 or IPv6 address');
    return this.askReverse(address, checked);
  }

  async #addresses(
    name: string,
    type: 'A' | 'AAAA',
    options: ResolveAddressOptions = {},
  ): Promise<string[] | AddressWithTtl[]> {
    const { ttl = false, signal } = readOptions('options', options, ADDRESS_NAMES);
    if (typeof ttl !== 'boolean') throw invalidType('options.ttl', 'a boolean');
    const checked = checkSignal(signal);
    const found = (await this.ask(checkName(name), type, checked)) as AddressWithTtl[];
    return ttl ? found : bare(found);
  }
}

const bare = (found: AddressWithTtl[]) => found.map(({ address }) => address);
