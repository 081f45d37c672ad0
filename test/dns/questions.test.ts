// What a server is asked, byte by byte, and who is asked where a server cannot be.
// Tried without its guard: with `EDNS` in every question the first fails; without `!edns` in
// `Asking.ask` the one of a server that cannot read it; with all letters turned, or all of a name's but
// some, that of letters by chance; with a root of two bytes the one of the root; without the `catch` of
// `start` in query.ts the one of servers that cannot be asked.
import * as packet from 'dns-packet';
import { describe, expect, it } from 'vitest';
import { checkHost, questionName } from '../../lib/dns/names.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { type Asked, NameServer, outcomes, type Reply, reply, resolverAt, ZONE } from './server.js';

guardDescriptors();
const test = eachWithLoop();
const serve = (answer: (asked: Asked) => Reply) => new NameServer(test.loop, answer);
const found = (asked: Asked) => reply(asked, ZONE[asked.type] ?? []);

describe.each(DRIVE_MODES)('a question (%s)', (mode) => {
  it('is one, for a server that asks others, and says what fits if it is to', async () => {
    const server = serve(found);
    const plain = resolverAt(test.loop, [server], { edns: false });
    await outcomes(test.loop, mode, resolverAt(test.loop, [server]).resolve4('X.Test'));
    await outcomes(test.loop, mode, plain.resolve4('X.Test'));
    const [withEdns, without] = server.asked.map(({ bytes }) => packet.decode(bytes));
    for (const message of [withEdns, without]) {
      expect(message).toMatchObject({
        type: 'query',
        flag_rd: true,
        questions: [{ name: 'X.Test', type: 'A', class: 'IN' }],
        answers: [],
        authorities: [],
      });
    }
    const opt = { type: 'OPT', udpPayloadSize: 1232, ednsVersion: 0, flag_do: false, options: [] };
    expect(withEdns?.additionals).toMatchObject([opt]);
    expect(without?.additionals).toEqual([]);
  });

  it('without EDNS is not asked once more of who cannot read it', async () => {
    const server = serve((asked) => reply(asked, [], { rcode: 1 }));
    const dns = resolverAt(test.loop, [server], { edns: false });
    const [error] = await outcomes(test.loop, mode, dns.resolve4('x.test'));
    expect(error).toMatchObject({ code: 'EFORMERR' });
    expect(server.asked).toHaveLength(1);
  });

  it('has each letter large or small by chance, and nothing else', async () => {
    const server = serve(found);
    const dns = resolverAt(test.loop, [server], { randomCase: true });
    const name = 'ab-09_yz.abcdefghijklmnopqrstuvwxyz.test';
    await outcomes(test.loop, mode, ...Array.from({ length: 60 }, () => dns.resolve4(name)));
    const names = server.asked.map((asked) => asked.name);
    expect(new Set(names.map((each) => each.toLowerCase()))).toEqual(new Set([name]));
    for (let i = 0; i < name.length; i++) {
      const letter = name[i] as string;
      const seen = new Set(names.map((each) => each[i]));
      expect(seen).toEqual(new Set([letter, letter.toUpperCase()]));
    }
    // Each by a chance of its own: hardly any two are the same.
    expect(new Set(names).size).toBeGreaterThan(55);
  });

  it('may be for the root', async () => {
    // A time so long that its upper bits would be a code of EDNS, which records of the root have too.
    const root: packet.Answer = { type: 'NS', name: '.', data: 'a.test', ttl: 2 ** 25 };
    const server = serve((asked) => reply(asked, [root]));
    for (const options of [{}, { edns: false }, { randomCase: true }]) {
      const dns = resolverAt(test.loop, [server], options);
      expect(await outcomes(test.loop, mode, dns.resolveNs('.'))).toEqual([['a.test']]);
    }
  });

  it('goes to the next server where one cannot be asked at all', async () => {
    const server = serve(found);
    // Nothing is sent there: a socket that was not allowed to may not.
    const nobody = '255.255.255.255';
    for (const tcp of [false, true]) {
      const dns = resolverAt(test.loop, [server], { tcp });
      dns.setServers([nobody, server.address]);
      const alone = resolverAt(test.loop, [server], { tcp });
      alone.setServers([nobody]);
      const refused = alone.resolve4('x.test').catch((error) => error);
      const [addresses] = await outcomes(test.loop, mode, dns.resolve4('x.test'), refused);
      expect(addresses).toEqual(['192.0.2.1', '192.0.2.2']);
      const cause = expect.objectContaining({ syscall: 'connect' });
      expect(await refused).toMatchObject({ code: 'ECONNREFUSED', cause });
    }
  });
});

it('a name may have 253 bytes, and a label of it 63, and a dot behind them', () => {
  const label = 'x'.repeat(63);
  const longest = `${label}.${label}.${label}.${'y'.repeat(61)}`;
  for (const name of [longest, `${longest}.`, label]) {
    expect([questionName(name), checkHost(name)]).toEqual([name.replace(/\.$/, ''), name]);
  }
  for (const name of [`${longest}y`, `${longest}y.`]) {
    expect(questionName(name)).toBe(undefined);
    expect(() => checkHost(name)).toThrow(TypeError);
  }
  for (const name of [`${label}x`, 'x..test', '.x', '', 'a b', 'a\0b']) {
    expect(questionName(name)).toBe(undefined);
  }
});

it('setServers of loop.dns is for its questions alone', async () => {
  const { dns } = test.loop;
  const server = serve(found);
  const other = new dns.Resolver({ servers: ['127.0.0.1'] });
  dns.setServers([server.address]);
  expect([dns.getServers(), other.getServers()]).toEqual([[server.address], ['127.0.0.1']]);
  const texts = dns.resolveTxt('x.test');
  await drive(test.loop);
  expect(await texts).toEqual((ZONE['TXT'] ?? []).map(() => expect.any(Array)));
  expect(server.asked).toHaveLength(1);
});
