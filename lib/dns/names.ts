// Names of hosts and addresses, as they are given: checked, in the letters that go over the
// wire, and the name under which an address is looked up. See RFC 1035, RFC 3596, RFC 5890.
import { domainToASCII } from 'node:url';
import { native } from '../binding/index.js';
import { invalidType, invalidValue } from '../loop/errors.js';

const MAX_NAME = 253;
const MAX_LABEL = 63;
/** What is asked for: names of hosts, of services and of domains, as c-ares takes them too. */
const LABEL = /^[\w*/-]+$/;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** 4 or 6: `host` is an address, as it is written; 0: it is none. */
export function familyOf(host: string): 0 | 4 | 6 {
  const number = IPV4.test(host) ? 4 : 6;
  const family = number === 4 ? 'ipv4' : 'ipv6';
  if (host.includes('\0') || (number === 6 && !host.includes(':'))) return 0;
  return native.checkAddress({ family, address: host, port: 0 }) === 0 ? number : 0;
}

/** A name that is written in other letters, in those of the wire; '': it cannot be. */
export function toAscii(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is no ASCII
  return /^[\x00-\x7f]*$/.test(name) ? name : domainToASCII(name);
}

/**
 * A name for the C library, which would cut it at a NUL.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE
 */
export function checkHost(host: unknown): string {
  if (typeof host !== 'string') throw invalidType('host', 'of type string');
  const ascii = host.length <= MAX_NAME + 1 ? toAscii(host) : '';
  const length = ascii.endsWith('.') ? ascii.length - 1 : ascii.length;
  if (length > 0 && length <= MAX_NAME && !ascii.includes('\0')) return ascii;
  throw invalidValue('host', `a name of 1 to ${MAX_NAME} bytes, without a NUL`);
}

/** A name as a question has it, without the dot at its end; undefined: there can be no such. */
export function questionName(name: string): string | undefined {
  if (name.length > 4 * MAX_NAME) return undefined;
  const ascii = toAscii(name).replace(/\.$/, '');
  if (ascii.length > MAX_NAME) return undefined;
  // The root has servers and a start of authority.
  if (ascii === '') return name === '.' ? '' : undefined;
  const isLabel = (label: string) => label.length <= MAX_LABEL && LABEL.test(label);
  return ascii.split('.').every(isLabel) ? ascii : undefined;
}

/** An IPv6 address as the host's own parser writes it: RFC 5952, in hexadecimal alone. */
const inHex = (address: string) => new URL(`http://[${address}]/`).hostname.slice(1, -1);

/** An IPv6 address as the C library writes it. See inet_ntop(3). */
export function written(address: string): string {
  const quad = (group: string) => {
    const bytes = Number.parseInt(group, 16);
    return `${bytes >> 8}.${bytes & 0xff}`;
  };
  return inHex(address).replace(
    /^::(ffff:)?([\da-f]+):([\da-f]+)$/,
    (_, mapped = '', high, low) => `::${mapped}${quad(high)}.${quad(low)}`,
  );
}

/** The groups of an IPv6 address, four digits each. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = inHex(address).split('::');
  const split = (text: string) => (text === '' ? [] : text.split(':'));
  const first = split(head);
  const last = tail === undefined ? [] : split(tail);
  const zeros = Array<string>(8 - first.length - last.length).fill('0');
  return [...first, ...zeros, ...last].map((group) => group.padStart(4, '0'));
}

/** An address in one way of writing, to compare it. */
export function canonical(address: string): string {
  const [bare = ''] = address.split('%');
  return familyOf(bare) === 6 ? groupsOf(bare).join(':') : bare;
}

/** The name whose PTR tells the names of an address. See RFC 1035 3.5, RFC 3596 2.5. */
export function reverseName(address: string): string {
  const [bare = ''] = address.split('%');
  if (familyOf(bare) === 4) return `${bare.split('.').reverse().join('.')}.in-addr.arpa`;
  return `${[...groupsOf(bare).join('')].reverse().join('.')}.ip6.arpa`;
}

/**
 * The names to ask for, in their order, when `name` may be short for one: as the resolver of
 * the C library does it. See `search` and `ndots` in resolv.conf(5).
 */
export function candidates(
  name: string,
  { search, ndots }: { readonly search: readonly string[]; readonly ndots: number },
): string[] {
  if (name === '' || name.endsWith('.')) return [name];
  const dots = name.split('.').length - 1;
  const longer = search.map((domain) => `${name}.${domain}`);
  return dots >= ndots ? [name, ...longer] : [...longer, name];
}
