// Questions to a name server: what comes of each type of record, beside what Node's own resolver
// makes of the same answer; how servers are asked, and what each failure is told as.
// Tried without its guard: without `followAliases` the one of aliases fails; without the second
// question in `Asking.ask` that of a server without EDNS; without `#gate` that of few at once;
// without `exact` that of letters by chance, without `question.plain` the one behind it.
import { promises as nodeDns } from 'node:dns';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { countDescriptors, guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, eachWithLoop } from '../support/drive.js';
import {
  type Asked,
  a,
  cname,
  NameServer,
  outcome,
  outcomes,
  type Reply,
  rawReply,
  reply,
  resolverAt,
  withoutType,
  ZONE,
} from './server.js';

guardDescriptors();
const test = eachWithLoop();

const serve = (answer: (asked: Asked, count: number) => Reply) => new NameServer(test.loop, answer);

describe.each(DRIVE_MODES)('a question (%s)', (mode) => {
  it('of each type is answered in the shape of Node’s', async () => {
    const server = serve((asked) => reply(asked, ZONE[asked.type]));
    const ours = resolverAt(test.loop, [server]);
    const node = new nodeDns.Resolver();
    node.setServers([server.address]);
    const types = Object.keys(ZONE) as (keyof typeof ZONE & 'A')[];
    const own = types.map((type) => ours.resolve('x.test', type));
    own.push(ours.resolve4('x.test', { ttl: true }) as never);
    const found = await outcomes(test.loop, mode, ...own);
    test.loop.attach();
    const expected: unknown[] = [];
    for (const type of types) expected.push(await node.resolve('x.test', type));
    expected.push(await node.resolve4('x.test', { ttl: true }));
    test.loop.detach();
    expect(found).toEqual(expected.map(withoutType));
  });

  it('by its method is the same', async () => {
    const server = serve((asked) => reply(asked, ZONE[asked.type]));
    const dns = resolverAt(test.loop, [server]);
    const name = 'x.test';
    const found = await outcomes(
      test.loop,
      mode,
      dns.resolve4(name),
      dns.resolve6(name),
      dns.resolveCaa(name),
      dns.resolveCname(name),
      dns.resolveMx(name),
      dns.resolveNaptr(name),
      dns.resolveNs(name),
      dns.resolvePtr(name),
      dns.resolveSoa(name),
      dns.resolveSrv(name),
      dns.resolveTxt(name),
    );
    expect(found[0]).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(found[8]).toMatchObject({ nsname: 'ns.x.test', serial: 4_000_000_000 });
    expect(found[10]).toEqual([['one', 'é\0']]);
    expect(server.asked.map(({ type }) => type)).toEqual(Object.keys(ZONE));
  });

  it('for everything tells each with its type', async () => {
    const server = serve((asked) => reply(asked, Object.values(ZONE).flat()));
    const [found] = await outcomes(
      test.loop,
      mode,
      resolverAt(test.loop, [server]).resolveAny('x.test'),
    );
    expect(found).toContainEqual({ type: 'A', address: '192.0.2.1', ttl: 7 });
    expect(found).toContainEqual({ type: 'CNAME', value: 'y.test' });
    expect(found).toContainEqual({ type: 'TXT', entries: ['one', 'é\0'] });
    expect(found).toHaveLength(Object.values(ZONE).flat().length);
  });

  it('for the names of an address asks for its PTR', async () => {
    const server = serve((asked) =>
      reply(asked, [{ type: 'PTR', name: asked.name, data: 'host.test' }]),
    );
    const dns = resolverAt(test.loop, [server]);
    const found = await outcomes(
      test.loop,
      mode,
      dns.reverse('192.0.2.1'),
      dns.reverse('2001:db8::ff'),
    );
    expect(found).toEqual([['host.test'], ['host.test']]);
    expect(server.asked.map(({ name }) => name)).toEqual([
      '1.2.0.192.in-addr.arpa',
      `f.f.${'0.'.repeat(22)}8.b.d.0.1.0.0.2.ip6.arpa`,
    ]);
  });

  it('follows aliases to the records of the name at their end, and takes no others', async () => {
    const server = serve((asked) =>
      reply(asked, [
        a('other.test', '192.0.2.66'),
        cname('b.test', 'C.test'),
        a('c.test', '192.0.2.3'),
        cname('a.test', 'b.test'),
        a('a.test.evil', '192.0.2.67'),
      ]),
    );
    const dns = resolverAt(test.loop, [server]);
    const found = await outcomes(
      test.loop,
      mode,
      dns.resolve4('A.test'),
      dns.resolve4('nobody.test'),
    );
    expect(found[0]).toEqual(['192.0.2.3']);
    expect(found[1]).toMatchObject({ code: 'ENODATA' });
  });

  it('that fails is told as Node tells it', async () => {
    const rcodes = { formerr: 1, servfail: 2, nxdomain: 3, notimp: 4, refused: 5, nodata: 0 };
    const server = serve((asked) => {
      const [label = ''] = asked.name.split('.');
      return reply(asked, [], { rcode: rcodes[label as keyof typeof rcodes] });
    });
    const node = new nodeDns.Resolver({ timeout: 500, tries: 1 });
    node.setServers([server.address]);
    const names = Object.keys(rcodes).map((label) => `${label}.test`);
    const dns = resolverAt(test.loop, [server]);
    const found = await outcomes(test.loop, mode, ...names.map((name) => dns.resolveMx(name)));
    test.loop.attach();
    const expected: unknown[] = [];
    for (const name of names) expected.push(await outcome(node.resolveMx(name)));
    test.loop.detach();
    expect(found).toEqual(expected);
    expect(found).toContainEqual({
      code: 'ENOTFOUND',
      syscall: 'queryMx',
      hostname: 'nxdomain.test',
      message: 'queryMx ENOTFOUND nxdomain.test',
    });
  });

  it('for what can be no name is refused without asking', async () => {
    const server = serve((asked) => reply(asked));
    const dns = resolverAt(test.loop, [server]);
    const names = [
      'a..b',
      `${'x'.repeat(64)}.test`,
      'a b.test',
      'a\0b',
      `${'x.'.repeat(127)}y`,
      '',
    ];
    for (const found of await outcomes(
      test.loop,
      mode,
      ...names.map((name) => dns.resolve4(name)),
    )) {
      expect(found).toMatchObject({ code: 'EBADNAME', syscall: 'queryA' });
    }
    expect(server.asked).toEqual([]);
  });

  it('that was cut is asked again by TCP', async () => {
    const many = Array.from({ length: 300 }, (_, i) => a('x.test', `192.0.2.${i % 256}`, i));
    const server = serve((asked) =>
      asked.by === 'udp' ? reply(asked, [], { flags: 1 << 9 }) : reply(asked, many),
    );
    const [found] = await outcomes(
      test.loop,
      mode,
      resolverAt(test.loop, [server]).resolve4('x.test'),
    );
    expect(found).toHaveLength(300);
    expect(server.asked.map(({ by }) => by)).toEqual(['udp', 'tcp']);
  });

  it('may go by TCP alone', async () => {
    const server = serve((asked) => reply(asked, ZONE['A']));
    await outcomes(
      test.loop,
      mode,
      resolverAt(test.loop, [server], { tcp: true }).resolve4('x.test'),
    );
    expect(server.asked.map(({ by }) => by)).toEqual(['tcp']);
  });

  it('says that longer answers fit, and not to a server that cannot read it', async () => {
    const server = serve((asked) =>
      asked.hasEdns ? reply(asked, [], { rcode: 1 }) : reply(asked, ZONE['A']),
    );
    const [found] = await outcomes(
      test.loop,
      mode,
      resolverAt(test.loop, [server]).resolve4('x.test'),
    );
    expect(found).toHaveLength(2);
    expect(server.asked.map(({ hasEdns }) => hasEdns)).toEqual([true, false]);
  });

  it('comes from another port and with another number each time', async () => {
    const server = serve((asked) => reply(asked, ZONE['A']));
    const dns = resolverAt(test.loop, [server]);
    await outcomes(test.loop, mode, ...Array.from({ length: 20 }, () => dns.resolve4('x.test')));
    const different = (values: number[]) => new Set(values).size;
    expect(different(server.asked.map(({ port }) => port))).toBeGreaterThan(18);
    expect(different(server.asked.map(({ id }) => id))).toBeGreaterThan(18);
  });

  it('with letters by chance takes an answer that repeats them alone', async () => {
    const name = 'abcdefghijklmnopqrstuvwxyz.test';
    const server = serve((asked) => {
      const small = { ...asked, name: asked.name.toLowerCase() };
      const wrong = reply({ ...asked, bytes: lowered(asked) }, [a(small.name, '192.0.2.66')]);
      return [wrong, reply(asked, [a(asked.name, '192.0.2.1')])];
    });
    const options = { randomCase: true };
    const [found] = await outcomes(
      test.loop,
      mode,
      resolverAt(test.loop, [server], options).resolve4(name),
    );
    expect(found).toEqual(['192.0.2.1']);
    expect(server.asked[0]?.name).not.toBe(name);
  });

  it('with letters by chance tells names in the letters of who asks', async () => {
    // A name that is written by pointing to that of the question.
    const data = Buffer.from([0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 0, 0, 2, 0xc0, 12]);
    const server = serve((asked) => rawReply(asked, data, 1));
    const name = 'abcdefghijklmnopqrstuvwxyz.test';
    const dns = resolverAt(test.loop, [server], { randomCase: true });
    expect(await outcomes(test.loop, mode, dns.resolvePtr(name))).toEqual([[name]]);
    expect(server.asked[0]?.name).not.toBe(name);
  });

  it('waits while as many are under way as may be', async () => {
    let most = 0;
    const server = serve((asked) => {
      most = Math.max(most, countSockets() - before);
      return reply(asked, ZONE['A']);
    });
    const before = countSockets();
    const dns = resolverAt(test.loop, [server], { maxConcurrent: 2 });
    const found = await outcomes(
      test.loop,
      mode,
      ...Array.from({ length: 9 }, () => dns.resolve4('x.test')),
    );
    expect(found).toEqual(Array.from({ length: 9 }, () => ['192.0.2.1', '192.0.2.2']));
    expect(server.asked).toHaveLength(9);
    expect(most).toBe(2);
  });
});

/** Threads of the host have files open for a moment, and no sockets. */
function countSockets(): number {
  const folder = '/proc/self/fd';
  if (!existsSync(folder)) return countDescriptors();
  return readdirSync(folder).filter((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;
}

/** A question with its name in small letters. */
function lowered({ bytes, name }: Asked): Buffer {
  const end = 12 + name.length + 2;
  const small = Buffer.from(bytes.toString('latin1', 12, end).toLowerCase(), 'latin1');
  return Buffer.concat([bytes.subarray(0, 12), small, bytes.subarray(end)]);
}
