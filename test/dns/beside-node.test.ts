// Questions beside those of Node's own resolver, to the same server: for each name and type the
// same value or the same error, in one long table, but where ours means to differ.
// Tried without its guard: without `written` those of IPv6; with `toLowerCase` left out of `followAliases` those of large letters
// fail; with `nameOf` left out those of the root; with an error of the resolver's own in `cancel`
// the last; without `noData` that of an address which has no name.
import { promises as nodeDns } from 'node:dns';
import type * as packet from 'dns-packet';
import { expect, it } from 'vitest';
import type { Resolver } from '../../lib/dns/resolver.js';
import { guardDescriptors } from '../support/descriptors.js';
import { eachWithLoop } from '../support/drive.js';
import {
  ALONE,
  type Asked,
  a,
  aaaa,
  cname,
  NameServer,
  outcome,
  reply,
  withoutType,
  ZONE,
} from './server.js';

guardDescriptors();
const test = eachWithLoop();

type Type = 'A' | 'AAAA' | 'CAA' | 'CNAME' | 'MX' | 'NAPTR' | 'NS' | 'PTR' | 'SOA' | 'SRV' | 'TXT';
const TYPES = Object.keys(ZONE) as Type[];
type Asking = Pick<Resolver, 'resolve' | 'resolve4' | 'resolve6' | 'reverse' | 'cancel'>;

const answer = (type: string, name: string, data: unknown) =>
  ({ type, name, ttl: 60, data }) as packet.Answer;

/** Answers that are unlike those of ZONE, by type. */
const STRANGE: Record<string, (name: string) => packet.Answer[]> = {
  A: (name) => Array.from({ length: 20 }, (_, i) => a(name, `192.0.2.${i}`)),
  AAAA: (name) =>
    ['::', '::1', '::ffff:192.0.2.1', '::1.2.3.4', '0:0:1::', '1:0:0:2::3', '1:0:2:3:4:5:6:7'].map(
      (each) => aaaa(name, each),
    ),
  CAA: (name) => [
    answer('CAA', name, { flags: 0, tag: 'issuewild', value: ';' }),
    answer('CAA', name, { flags: 0, tag: 'iodef', value: 'mailto:a@x.test' }),
  ],
  MX: (name) => [answer('MX', name, { preference: 0, exchange: '.' })],
  NAPTR: (name) => [
    answer('NAPTR', name, {
      ...{ order: 65_535, preference: 0, flags: '', services: '', regexp: '!^.*$!a@x!' },
      replacement: '.',
    }),
  ],
  NS: (name) => ['a.x.test', 'B.x.test'].map((each) => answer('NS', name, each)),
  PTR: (name) => ['p.x.test', 'q_r.x.test'].map((each) => answer('PTR', name, each)),
  SOA: (name) => {
    const times = { serial: 0, refresh: 2 ** 31 - 1, retry: 0, expire: 0, minimum: 0 };
    return [answer('SOA', name, { mname: '.', rname: 'first\\.last.x.test', ...times })];
  },
  SRV: (name) => [answer('SRV', name, { priority: 0, weight: 0, port: 0, target: '.' })],
  TXT: (name) => [answer('TXT', name, ['']), answer('TXT', name, ['x'.repeat(255), 'ü'])],
};
/** What has records behind an alias, in Node's resolver too. */
const ALIASED: readonly Type[] = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'TXT'];
const RCODES: Record<string, number> = {
  formerr: 1,
  servfail: 2,
  nobody: 3,
  notimp: 4,
  refused: 5,
};

function told(asked: Asked): Buffer {
  const { name, type } = asked;
  const [label = ''] = name.toLowerCase().split('.');
  const rcode = RCODES[label];
  if (rcode !== undefined) return reply(asked, [], { rcode });
  if (label === 'x') return reply(asked, ZONE[type]);
  if (label === 'strange') return reply(asked, STRANGE[type]?.(name));
  if (label === 'alias') {
    const own = type === 'CNAME' ? [] : (ZONE[type] ?? []);
    return reply(asked, [cname(name, 'X.test'), ...own]);
  }
  // Half of an address.
  if (label === 'cut') return reply(asked, [a(name, '192.0.2.1')]).subarray(0, -2);
  if (name.endsWith('1.in-addr.arpa')) return reply(asked, [answer('PTR', name, 'host.test')]);
  if (name.endsWith('.ip6.arpa')) {
    return reply(
      asked,
      ['h.test', 'i.test'].map((each) => answer('PTR', name, each)),
    );
  }
  return reply(asked);
}

const CASES: [string, (dns: Asking) => Promise<unknown>][] = [
  ...['x.test', 'X.TEST', 'x.test.', 'strange.test', 'nodata.test', 'cut.test']
    .concat(Object.keys(RCODES).map((name) => `${name}.test`))
    .flatMap((name) => TYPES.map((type) => [name, type] as const))
    .concat(ALIASED.map((type) => ['alias.test', type] as const))
    .map(([name, type]): (typeof CASES)[0] => [
      `${name} ${type}`,
      (dns) => dns.resolve(name, type),
    ]),
  ...['a..b', '.a', 'a b.test', `${'x'.repeat(64)}.test`, '::1', 'a@b', '%', 'x.test..', 'a,b']
    .concat(['.', '1.2.3.4', '_a._tcp.test', '*.test', '-a.test', 'a/b', 'bücher.test', '😀.test'])
    .map((name): (typeof CASES)[0] => [`the name ${name}`, (dns) => dns.resolve(name)]),
  ['times of IPv4', (dns) => dns.resolve4('x.test', { ttl: true })],
  ['times of IPv6', (dns) => dns.resolve6('x.test', { ttl: true })],
  ...['1.2.3.4', '1.2.3.5', '2001:db8::1', '::ffff:1.2.3.4', '::'].map(
    (address): (typeof CASES)[0] => [`the names of ${address}`, (dns) => dns.reverse(address)],
  ),
  ...(['resolve4', 'reverse'] as const).map((method): (typeof CASES)[0] => [
    `${method} that is cancelled`,
    (dns) => {
      const name = method === 'reverse' ? '9.9.9.9' : 'silent.test';
      const ended = dns[method](name);
      // Once it has been asked.
      setImmediate(() => setImmediate(() => dns.cancel()));
      return ended;
    },
  ]),
];

it('of each name and type have the same answers and the same errors', async () => {
  const isSilent = ({ name }: Asked) => name === 'silent.test' || name.startsWith('9.9.9.9');
  const server = new NameServer(test.loop, (asked) => (isSilent(asked) ? undefined : told(asked)));
  const ours = new test.loop.dns.Resolver({ ...ALONE, servers: [server.address] });
  const node = new nodeDns.Resolver({ timeout: 20_000, tries: 1 });
  node.setServers([server.address]);
  test.loop.attach();
  for (const [what, ask] of CASES) {
    const [own, others] = [
      await outcome(ask(ours)),
      withoutType(await outcome(ask(node as Asking))),
    ];
    expect([what, own]).toEqual([what, others]);
  }
  test.loop.detach();
});

/** By what is asked: what Node says, and what ours says instead. */
const DIFFERENT: [string, (dns: Asking) => Promise<unknown>, unknown, unknown][] = [
  // Records of nobody's: no answer to the question, and a way to poison who keeps them.
  ['of another', (dns) => dns.resolve('of-another.test', 'A'), ['192.0.2.66'], 'ENODATA'],
  ['of nobody', (dns) => dns.resolve('of-another.test', 'TXT'), [], 'ENODATA'],
  ['an alias to nothing', (dns) => dns.resolve('to-nothing.test', 'A'), [], 'ENODATA'],
  ['aliases in a circle', (dns) => dns.resolve('circle.test', 'A'), [], 'EBADRESP'],
  ['this host', (dns) => dns.resolve('localhost', 'A'), 'ENODATA', ['127.0.0.1']],
  ['a NUL', (dns) => dns.resolve('a\0b', 'A'), 'ENODATA', 'EBADNAME'],
  ['nothing', (dns) => dns.resolve('', 'A'), 'ENODATA', 'EBADNAME'],
  ['no address', (dns) => dns.reverse('x'), 'EINVAL', 'ERR_INVALID_ARG_VALUE'],
];

it('differ where Node tells of records that nobody asked for, and where it cuts names', async () => {
  const server = new NameServer(test.loop, (asked) => {
    const { name } = asked;
    if (name === 'of-another.test') return reply(asked, [a('other.test', '192.0.2.66')]);
    if (name === 'to-nothing.test') return reply(asked, [cname(name, 'nothing.test')]);
    if (name !== 'circle.test') return reply(asked);
    return reply(asked, [cname(name, 'y.test'), cname('y.test', name)]);
  });
  const ours = new test.loop.dns.Resolver({ ...ALONE, servers: [server.address] });
  const node = new nodeDns.Resolver({ timeout: 20_000, tries: 1 });
  node.setServers([server.address]);
  test.loop.attach();
  for (const [what, ask, theirs, own] of DIFFERENT) {
    const codeOf = ({ code }: { code: string }) => code;
    const found = [await ask(node as Asking).catch(codeOf), await ask(ours).catch(codeOf)];
    expect([what, ...found]).toEqual([what, theirs, own]);
  }
  test.loop.detach();
});
