// A Resolver: what is looked up where, in which order (the file of hosts, then the names that a
// short one may stand for, then the servers), and what ends it. One question to the servers is
// query.ts's.
import { throwIfAborted } from '../base/abort.js';
import { loopClosed } from '../loop/errors.js';
import { everyValue, valuesOf } from './answer.js';
import { type AskedFor, type AskingLoop, Call } from './call.js';
import { ConfigFile } from './config-file.js';
import { type DnsError, dnsError } from './errors.js';
import { Gate } from './gate.js';
import { type Hosts, knownAddresses, parseHosts } from './hosts.js';
import {
  arranged,
  type LookupAddress,
  type LookupFamily,
  type LookupOptions,
  type LookupPlan,
  readLookupOptions,
} from './lookup-options.js';
import { type Answer, ResponseCode } from './message.js';
import {
  candidates,
  canonical,
  checkHost,
  familyOf,
  questionName,
  reverseName,
  toAscii,
} from './names.js';
import { type Asked, type AskPlan, askServers } from './query.js';
import { NameQuestions, type Resolved } from './questions.js';
import type { AddressWithTtl } from './record-types.js';
import { RECORDS, type RecordName } from './records.js';
import { parseResolvConf, type ResolvConf } from './resolv-conf.js';
import {
  checkServers,
  type ResolverOptions,
  type ResolverSettings,
  readResolverOptions,
  settled,
} from './resolver-options.js';
import { serverText } from './servers.js';

const NO_FILE = parseResolvConf('');

/**
 * What leads to the next of the names that one may stand for, as in the C library, and is told in
 * this order when none of them is it.
 */
const GOES_ON = ['ENODATA', 'ESERVFAIL', 'ENOTFOUND'];

/** Asks name servers on the loop, by UDP and TCP. Made by `new loop.dns.Resolver(options)`. */
export class Resolver extends NameQuestions {
  readonly #loop: AskingLoop;
  readonly #file: ConfigFile<ResolvConf>;
  readonly #hosts: ConfigFile<Hosts> | undefined;
  readonly #gate: Gate;
  readonly #calls = new Set<Call>();
  #settings: ResolverSettings;
  /** With which server the next question begins, where they take turns. */
  #turn = 0;

  /** @internal */
  constructor(loop: AskingLoop, options: ResolverOptions = {}) {
    super();
    this.#settings = readResolverOptions(options);
    const { resolvConf, hosts, maxConcurrent } = this.#settings;
    this.#loop = loop;
    this.#file = new ConfigFile(resolvConf, parseResolvConf);
    this.#hosts = hosts === false ? undefined : new ConfigFile(hosts, parseHosts);
    this.#gate = new Gate(maxConcurrent);
  }

  /** The servers that the next question goes to, as `setServers` takes them. */
  getServers(): string[] {
    this.#file.look();
    return this.#config.servers.map(serverText);
  }

  /**
   * Asks others from now on; what is under way goes on with those that it had.
   *
   * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE
   */
  setServers(servers: readonly string[]): void {
    this.#settings = { ...this.#settings, servers: checkServers('servers', servers) };
  }

  /** Rejects all that is under way with ECANCELLED. */
  cancel(): void {
    for (const call of [...this.#calls]) {
      call.end(dnsError('ECANCELLED', call.what.syscall, call.what.hostname));
    }
  }

  /**
   * The addresses of a host, by the file of hosts and by name servers: IPv6 before IPv4, as
   * `connect` tries them. An address is itself. Rejects as `resolve`, with what was said of the
   * family that was asked first.
   *
   * @example
   * loop.connect({ host: 'example.org', port: 80, resolver: new loop.dns.Resolver() });
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
    const { syscall } = RECORDS[plan.family === 4 ? 'A' : 'AAAA'];
    const what = { syscall, hostname: host };
    const found = await this.#run(what, plan.signal, (call) => this.#lookUp(call, host, plan));
    return arranged(found, plan);
  }

  /** @internal */
  override async ask(
    name: string,
    type: keyof Resolved,
    signal: AbortSignal | undefined,
  ): Promise<unknown[]> {
    const syscall = type === 'ANY' ? 'queryAny' : RECORDS[type].syscall;
    return this.#run({ syscall, hostname: name }, signal, (call) =>
      type === 'ANY' ? this.#any(call, name) : this.#records(call, name, type),
    );
  }

  /** @internal */
  override askReverse(address: string, signal: AbortSignal | undefined): Promise<string[]> {
    const what = { syscall: 'getHostByAddr', hostname: address };
    return this.#run(what, signal, async (call) => {
      const names = this.#hosts?.value.names.get(canonical(address));
      if (names !== undefined) return [...names];
      const name = reverseName(address);
      const read = (answer: Answer) => valuesOf(answer, name, 'PTR');
      const plan = this.#plan(this.#config);
      // As Node says also of an address without a PTR.
      return this.#values(call, { ...what, name, type: 'PTR' }, plan, read, 'ENOTFOUND');
    });
  }

  get #config(): ResolvConf {
    const { servers, search, ndots, timeoutMs, tries, rotate, tcp } = this.#settings;
    const all = [servers, search, ndots, timeoutMs, tries, rotate, tcp];
    // Who says all of it has no use for a file.
    const file = all.includes(undefined) ? this.#file.value : NO_FILE;
    return settled(this.#settings, file);
  }

  /** How the servers are asked now. */
  #plan({ servers, timeoutMs, tries, rotate, tcp }: ResolvConf): AskPlan {
    const { edns, randomCase } = this.#settings;
    const first = rotate ? this.#turn++ % servers.length : 0;
    const inOrder = [...servers.slice(first), ...servers.slice(0, first)];
    return { servers: inOrder, timeoutMs, tries, edns, caseByChance: randomCase, tcp };
  }

  async #run<T>(
    what: AskedFor,
    signal: AbortSignal | undefined,
    work: (call: Call) => Promise<T>,
  ): Promise<T> {
    throwIfAborted(signal);
    if (this.#loop.closed) throw loopClosed();
    return Call.run(this.#loop, this.#calls, what, signal, work);
  }

  async #lookUp(call: Call, host: string, { family }: LookupPlan): Promise<LookupAddress[]> {
    const ask = async (type: 'A' | 'AAAA', number: 4 | 6) => {
      const found = await this.#records(call, host, type);
      return (found as AddressWithTtl[]).map(({ address }): LookupAddress => {
        return { address, family: number };
      });
    };
    if (family === 4) return ask('A', 4);
    if (family === 6) return ask('AAAA', 6);
    const both = await Promise.allSettled([ask('AAAA', 6), ask('A', 4)]);
    const found = both.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    if (found.length > 0) return found;
    // That there is nothing of one family says less than any other error.
    const reasons = both.map((each) => (each as PromiseRejectedResult).reason as DnsError);
    throw reasons.find(({ code }) => code !== 'ENODATA') ?? reasons[0];
  }

  async #records(call: Call, name: string, type: RecordName): Promise<unknown[]> {
    if (type !== 'A' && type !== 'AAAA') return this.#search(call, name, type);
    const known = knownAddresses(this.#hosts?.value, name, type === 'A' ? 4 : 6);
    if (known.length === 0) return this.#search(call, name, type);
    return known.map((address): AddressWithTtl => ({ address, ttl: 0 }));
  }

  /** The first of the names that `name` may stand for which has such records. */
  async #search<Name extends RecordName>(call: Call, name: string, type: Name) {
    const config = this.#config;
    const plan = this.#plan(config);
    const { syscall } = RECORDS[type];
    const failures = new Map<string, unknown>();
    // A name that is too long with the domain behind it is left out.
    const names = questionName(name) === undefined ? [] : candidates(toAscii(name), config);
    for (const asked of names.map(questionName)) {
      if (asked === undefined) continue;
      const question = { name: asked, type, syscall, hostname: name };
      try {
        return await this.#values(call, question, plan, (answer) => valuesOf(answer, asked, type));
      } catch (error) {
        const { code } = error as DnsError;
        if (!GOES_ON.includes(code)) throw error;
        failures.set(code, error);
      }
    }
    const first = GOES_ON.find((code) => failures.has(code)) ?? '';
    throw failures.get(first) ?? dnsError('EBADNAME', syscall, name);
  }

  async #any(call: Call, hostname: string): Promise<unknown[]> {
    const { syscall } = call.what;
    const name = questionName(hostname);
    if (name === undefined) throw dnsError('EBADNAME', syscall, hostname);
    const asked = { name, type: 'ANY', syscall, hostname };
    const plan = this.#plan(this.#config);
    const values = await this.#values(call, asked, plan, (answer) => everyValue(answer, name));
    return values.map(([type, value]) => {
      if (type === 'TXT') return { type, entries: value };
      return typeof value === 'string' ? { type, value } : { ...(value as object), type };
    });
  }

  /**
   * What `read` finds in the answer, which is something.
   *
   * @throws DnsError ENOTFOUND; `noData`; what `askServers` throws
   */
  async #values<T>(
    call: Call,
    asked: Asked,
    plan: AskPlan,
    read: (answer: Answer) => T[],
    noData = 'ENODATA',
  ): Promise<T[]> {
    const { values, code } = await this.#gate.pass(call, () =>
      askServers(call, plan, asked, (answer) => {
        const isThere = answer.code === ResponseCode.NOERROR;
        return { values: isThere ? read(answer) : [], code: isThere ? noData : 'ENOTFOUND' };
      }),
    );
    if (values.length === 0) throw dnsError(code, asked.syscall, asked.hostname);
    return values;
  }
}

/** The class as `loop.dns.Resolver`: its instances are of this loop. */
export function resolverOf(loop: AskingLoop): new (options?: ResolverOptions) => Resolver {
  return class extends Resolver {
    constructor(options?: ResolverOptions) {
      super(loop, options);
    }
  };
}
