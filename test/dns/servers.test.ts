// Whom a Resolver asks: several servers, in which order and how often, and what is told when none
// of them has an answer.
// Tried without its guard: with `tries` for each server in a row the one of rounds fails; without
// `#turn` the one of turns; with rounds of one length that of twice as long; with servers in any other
// order the first.
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import {
  ALONE,
  type Asked,
  NameServer,
  outcomes,
  type Reply,
  reply,
  resolverAt,
  ZONE,
} from './server.js';

guardDescriptors();
const test = eachWithLoop();
const serve = (answer: (asked: Asked, count: number) => Reply) => new NameServer(test.loop, answer);

describe.each(DRIVE_MODES)('servers (%s)', (mode) => {
  it('are asked one after the other, in rounds', async () => {
    // Time goes on where a server says nothing, and nowhere else.
    let nowMs = 0;
    const loop = new EventLoop({}, { clock: () => nowMs });
    const nothing = () => {
      nowMs += 1000;
      return undefined;
    };
    const silent = new NameServer(loop, nothing);
    const failing = new NameServer(loop, (asked) => reply(asked, [], { rcode: 2 }));
    const order: string[] = [];
    const third = new NameServer(loop, (asked, count) => {
      order.push(`${silent.asked.length} ${failing.asked.length}`);
      return count === 1 ? nothing() : reply(asked, ZONE['A']);
    });
    const options = { timeoutMs: 30, tries: 2 };
    const dns = resolverAt(loop, [silent, failing, third], options);
    const [found] = await outcomes(loop, mode, dns.resolve4('x.test'));
    loop.close();
    expect(found).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(order).toEqual(['1 1', '2 2']);
  });

  it('that all are silent is ETIMEOUT, that nobody is there ECONNREFUSED', async () => {
    const silent = serve(() => undefined);
    const dns = resolverAt(test.loop, [silent], { timeoutMs: 20, tries: 3 });
    const nobody = new test.loop.dns.Resolver({ ...ALONE, servers: ['127.0.0.1:1'] });
    const found = await outcomes(
      test.loop,
      mode,
      dns.resolve4('x.test'),
      nobody.resolve4('x.test'),
    );
    expect(found).toMatchObject([{ code: 'ETIMEOUT' }, { code: 'ECONNREFUSED' }]);
    expect(silent.asked).toHaveLength(3);
  });

  it('have twice as long in the next round', async () => {
    const silent = serve(() => undefined);
    const dns = resolverAt(test.loop, [silent], { timeoutMs: 40, tries: 2 });
    const order: string[] = [];
    // Behind 40 and 40, before 40 and 80, which begin later, however slow this thread is.
    test.loop.setTimeout(() => order.push('timer'), 100);
    const ended = dns.resolve4('x.test').catch(({ code }) => order.push(code));
    await drive(test.loop, mode);
    await ended;
    expect(order).toEqual(['timer', 'ETIMEOUT']);
  });

  it('take turns where they are to', async () => {
    const servers = [0, 1, 2].map(() => serve((asked) => reply(asked, ZONE['A'])));
    const dns = resolverAt(test.loop, servers, { rotate: true });
    await outcomes(test.loop, mode, ...Array.from({ length: 6 }, () => dns.resolve4('x.test')));
    expect(servers.map(({ asked }) => asked.length)).toEqual([2, 2, 2]);
  });

  it('may be set, and are told', async () => {
    const server = serve((asked) => reply(asked, ZONE['A']));
    const dns = new test.loop.dns.Resolver({ ...ALONE, servers: ['127.0.0.1', '[::1]:53'] });
    expect(dns.getServers()).toEqual(['127.0.0.1', '::1']);
    for (const wrong of [[], ['x'], ['1.2.3'], ['::1]:5'], ['127.0.0.1:0'], 'x', [1], null]) {
      expect(() => dns.setServers(wrong as string[])).toThrow(TypeError);
    }
    dns.setServers([server.address, '[::1]:5353']);
    expect(dns.getServers()).toEqual([server.address, '[::1]:5353']);
    expect(await outcomes(test.loop, mode, dns.resolve4('x.test'))).toEqual([
      ['192.0.2.1', '192.0.2.2'],
    ]);
  });

  it('are asked for both families by lookup, which tells IPv6 first', async () => {
    const server = serve((asked) => reply(asked, ZONE[asked.type]));
    const dns = resolverAt(test.loop, [server]);
    const found = await outcomes(
      test.loop,
      mode,
      dns.lookup('x.test', { all: true }),
      dns.lookup('x.test', { order: 'ipv4first' }),
      dns.lookup('x.test', { family: 4, all: true }),
      dns.lookup('::1'),
    );
    const v4 = ['192.0.2.1', '192.0.2.2'].map((address) => ({ address, family: 4 }));
    const v6 = { address: '2001:db8::1', family: 6 };
    expect(found).toEqual([[v6, ...v4], v4[0], v4, { address: '::1', family: 6 }]);
  });

  it('that know one family of two are enough, and none of both is told', async () => {
    const server = serve((asked) => {
      if (asked.name === 'none.test') return reply(asked, [], { rcode: 3 });
      if (asked.name === 'half.test' && asked.type === 'A') return reply(asked, [], { rcode: 2 });
      return reply(asked, asked.type === 'A' && asked.name === 'x.test' ? ZONE['A'] : []);
    });
    const dns = resolverAt(test.loop, [server]);
    const names = ['x.test', 'none.test', 'empty.test', 'half.test'];
    const found = await outcomes(test.loop, mode, ...names.map((name) => dns.lookup(name)));
    const codes = ['ENOTFOUND', 'ENODATA', 'ESERVFAIL'].map((code) => ({ code }));
    expect(found).toMatchObject([{ address: '192.0.2.1' }, ...codes]);
  });
});
