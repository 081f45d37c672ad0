// What `new loop.dns.Resolver` takes, and what holds for a question: the options, and where they
// say nothing what resolv.conf says at that time.
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import { invalidType, invalidValue } from '../loop/errors.js';
import { questionName } from './names.js';
import type { ResolvConf } from './resolv-conf.js';
import { parseServer, type ServerAddress } from './servers.js';

/** Whom a Resolver asks, and how. What is left out is as resolv.conf says. */
export interface ResolverOptions {
  /** Addresses of name servers, with a port where that is not 53: '127.0.0.1:5353', '[::1]:53'. */
  servers?: readonly string[] | undefined;
  /** How long a server is waited for, in the first round: 1 to 2^31-1 ms. Default 5,000. */
  timeoutMs?: number | undefined;
  /** How often all servers are asked; each round waits twice as long: 1 to 32. Default 2. */
  tries?: number | undefined;
  /** Questions begin with one server after the other, not all with the first. Default false. */
  rotate?: boolean | undefined;
  /** Domains in which a short name is looked for: at most 32. */
  search?: readonly string[] | undefined;
  /** From how many dots on a name is asked as it is before that: 0 to 15. Default 1. */
  ndots?: number | undefined;
  /** Says that longer answers fit (RFC 6891); who cannot read it is asked without. Default true. */
  edns?: boolean | undefined;
  /**
   * Letters of a name are large or small by chance, and the answer has to repeat them: harder to
   * guess, and a few servers answer in their own way. Default false.
   */
  randomCase?: boolean | undefined;
  /** Asks by TCP alone. Default false. */
  tcp?: boolean | undefined;
  /** Questions that are under way at once, each with a descriptor: 1 to 65,536. Default 256. */
  maxConcurrent?: number | undefined;
  /** The file that is looked at for all of these. Default '/etc/resolv.conf'. */
  resolvConf?: string | undefined;
  /** The file of hosts; false: none. Default '/etc/hosts'. */
  hosts?: string | false | undefined;
}

const NAMES: OptionNames<ResolverOptions> = {
  servers: true,
  timeoutMs: true,
  tries: true,
  rotate: true,
  search: true,
  ndots: true,
  edns: true,
  randomCase: true,
  tcp: true,
  maxConcurrent: true,
  resolvConf: true,
  hosts: true,
};

const MAX_LIST = 32;

/** Options that were read. */
export interface ResolverSettings {
  readonly servers: readonly ServerAddress[] | undefined;
  readonly timeoutMs: number | undefined;
  readonly tries: number | undefined;
  readonly rotate: boolean | undefined;
  readonly search: readonly string[] | undefined;
  readonly ndots: number | undefined;
  readonly edns: boolean;
  readonly randomCase: boolean;
  readonly tcp: boolean | undefined;
  readonly maxConcurrent: number;
  readonly resolvConf: string;
  readonly hosts: string | false;
}

function integer(name: string, value: unknown, min: number, max: number): number | undefined {
  return value === undefined ? undefined : checkInteger(`options.${name}`, value, min, max);
}

function boolean(name: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalidType(`options.${name}`, 'a boolean');
}

function path(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalidType(`options.${name}`, 'of type string');
  if (value !== '' && !value.includes('\0')) return value;
  throw invalidValue(`options.${name}`, 'a path');
}

function list(name: string, value: unknown, least: number): readonly unknown[] {
  if (!Array.isArray(value)) throw invalidType(name, 'an array of strings');
  if (value.length >= least && value.length <= MAX_LIST) return [...value];
  throw invalidValue(name, `an array of ${least} to ${MAX_LIST} strings`);
}

/** @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE */
export function checkServers(name: string, value: unknown): ServerAddress[] {
  return list(name, value, 1).map((text) => {
    if (typeof text !== 'string') throw invalidType(name, 'an array of strings');
    const server = parseServer(text);
    if (server !== undefined) return server;
    throw invalidValue(name, "an array of addresses, such as '127.0.0.1' or '[::1]:5353'");
  });
}

function checkSearch(value: unknown): string[] {
  return list('options.search', value, 0).map((text) => {
    const domain = typeof text === 'string' ? questionName(text) : undefined;
    if (domain !== undefined && domain !== '') return domain;
    throw invalidValue('options.search', 'an array of domains');
  });
}

/** @throws TypeError, RangeError */
export function readResolverOptions(given: ResolverOptions): ResolverSettings {
  const options = readOptions('options', given, NAMES);
  const { servers, search, hosts = '/etc/hosts', resolvConf = '/etc/resolv.conf' } = options;
  return {
    servers: servers === undefined ? undefined : checkServers('options.servers', servers),
    timeoutMs: integer('timeoutMs', options.timeoutMs, 1, 2 ** 31 - 1),
    tries: integer('tries', options.tries, 1, 32),
    rotate: boolean('rotate', options.rotate),
    search: search === undefined ? undefined : checkSearch(search),
    ndots: integer('ndots', options.ndots, 0, 15),
    edns: boolean('edns', options.edns) ?? true,
    randomCase: boolean('randomCase', options.randomCase) ?? false,
    tcp: boolean('tcp', options.tcp),
    maxConcurrent: integer('maxConcurrent', options.maxConcurrent, 1, 65_536) ?? 256,
    resolvConf: path('resolvConf', resolvConf),
    hosts: hosts === false ? false : path('hosts', hosts),
  };
}

/** What holds for a question. */
export function settled(settings: ResolverSettings, file: ResolvConf): ResolvConf {
  return {
    servers: settings.servers ?? file.servers,
    search: settings.search ?? file.search,
    ndots: settings.ndots ?? file.ndots,
    timeoutMs: settings.timeoutMs ?? file.timeoutMs,
    tries: settings.tries ?? file.tries,
    rotate: settings.rotate ?? file.rotate,
    tcp: settings.tcp ?? file.tcp,
  };
}
