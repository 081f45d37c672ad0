// What the file of hosts says: addresses by name and names by address, in the order of its
// lines. See hosts(5).
import { canonical, familyOf, toAscii } from './names.js';

export interface Hosts {
  /** By the name in small letters. */
  readonly addresses: ReadonlyMap<string, ReadonlySet<string>>;
  /** By the address as `canonical` writes it. */
  readonly names: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A set: lists of names to be shut out have a hundred thousand of one address. */
function setOf(of: Map<string, Set<string>>, key: string): Set<string> {
  const found = of.get(key) ?? new Set();
  of.set(key, found);
  return found;
}

export function parseHosts(text: string): Hosts {
  const addresses = new Map<string, Set<string>>();
  const names = new Map<string, Set<string>>();
  for (const line of text.split('\n')) {
    const [address = '', ...all] = line.replace(/#.*$/, '').trim().split(/\s+/);
    if (all.length === 0 || familyOf(address) === 0) continue;
    const ofAddress = setOf(names, canonical(address));
    for (const name of all) {
      setOf(addresses, name.toLowerCase()).add(address);
      ofAddress.add(name);
    }
  }
  return { addresses, names };
}

/** The addresses that need no server: those of `hosts`, and of this host itself (RFC 6761 6.3). */
export function knownAddresses(hosts: Hosts | undefined, name: string, family: 4 | 6): string[] {
  const key = toAscii(name).replace(/\.$/, '').toLowerCase();
  const isFitting = (address: string) => familyOf(address) === family;
  const listed = [...(hosts?.addresses.get(key) ?? [])].filter(isFitting);
  if (listed.length > 0 || !/(^|\.)localhost$/.test(key)) return listed;
  return ['127.0.0.1', '::1'].filter(isFitting);
}
