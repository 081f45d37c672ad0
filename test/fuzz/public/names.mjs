// Names of hosts, by the C library and by name servers: none that is not of this machine is asked.
import { anyNumber, anyValue } from '../support/values.mjs';

/** One whose servers are nobody, or a socket that says nothing; never those of the machine. */
function resolverOf(loop, random) {
  const options = { hosts: false, resolvConf: '/dev/null', search: [], tries: random.from(1, 2) };
  const timeoutMs = random.pick([1, 5, 20]);
  const servers = [random.pick(['127.0.0.1:9', '[::1]:9', '127.0.0.9:53'])];
  const tcp = random.oneIn(4);
  const dns = new loop.dns.Resolver({ ...options, servers, timeoutMs, tcp });
  if (random.oneIn(4)) setTimeout(() => dns.cancel(), random.below(8));
  return dns;
}

/** @param {import('./things.mjs').Things} things */
export function nameRequests({ actions, random, program: { loop } }) {
  return [
    () => loop.dns.lookup(actions.or(() => random.pick(['localhost', '127.0.0.1', '::1', '', 'a\0b']), () => random.pick([undefined, null, 7, {}, []])),
      random.oneIn(2) ? undefined : actions.options({ family: actions.or(() => random.pick([0, 4, 6, 5])), all: random.oneIn(2), ...actions.signal() })),
    () => loop.dns.lookupService(actions.or(() => '127.0.0.1', () => anyValue(random)), actions.or(() => 9, () => anyNumber(random)), actions.options(actions.signal())),
    () => resolverOf(loop, random).resolve(actions.or(() => random.pick(['x.test', 'localhost', 'a..b', '']), () => anyValue(random)),
      actions.or(() => random.pick([undefined, 'A', 'AAAA', 'MX', 'TXT', 'SOA', 'ANY', 'X'])), actions.options(actions.signal())),
    () => resolverOf(loop, random).reverse(actions.or(() => '127.0.0.1', () => anyValue(random)), actions.options(actions.signal())),
  ]; // biome-ignore format: a table
}
