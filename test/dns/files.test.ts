// resolv.conf and the file of hosts: what their lines mean, and that they are read again when
// they have changed.
// Tried without its guard: with `seen` that is never another, those of a change fail; without
// `isFile` the one of a FIFO hangs, and without MAX_BYTES it fails; without ESERVFAIL in GOES_ON the one of domains that fail; with
// arrays in the place of sets that of many names is not done in time.
import { spawnSync } from 'node:child_process';
import { renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { knownAddresses, parseHosts } from '../../lib/dns/hosts.js';
import { candidates } from '../../lib/dns/names.js';
import { parseResolvConf } from '../../lib/dns/resolv-conf.js';
import { guardDescriptors } from '../support/descriptors.js';
import { drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { ALONE, a, NameServer, reply } from './server.js';

guardDescriptors();
const test = eachWithLoop();

describe('resolv.conf', () => {
  it('says whom to ask and how', () => {
    const text = `
# a comment
; another
nameserver 192.0.2.1
nameserver   2001:db8::1   # and one behind
nameserver example.org
nameservers 192.0.2.9
domain ignored.test
search One.test two.test.
options ndots:3 timeout:2 attempts:4 rotate edns0 use-vc nonsense timeout:x
`;
    expect(parseResolvConf(text)).toEqual({
      servers: [
        { address: '192.0.2.1', port: 53 },
        { address: '2001:db8::1', port: 53 },
      ],
      search: ['One.test', 'two.test'],
      ndots: 3,
      timeoutMs: 2000,
      tries: 4,
      rotate: true,
      tcp: true,
    });
  });

  it('says nothing where there is none, and as much as may be where it says too much', () => {
    const nothing = parseResolvConf('');
    expect(nothing).toMatchObject({ servers: [{ address: '127.0.0.1' }], tries: 2, ndots: 1 });
    const much = parseResolvConf(
      `options ndots:99 timeout:99 attempts:99\n${'nameserver 192.0.2.1\n'.repeat(99)}`,
    );
    expect(much).toMatchObject({ ndots: 15, timeoutMs: 30_000, tries: 5 });
    expect(much.servers).toHaveLength(32);
  });

  it('makes long names of short ones', () => {
    const search = ['a.test', 'b.test'];
    expect(candidates('www', { search, ndots: 1 })).toEqual(['www.a.test', 'www.b.test', 'www']);
    expect(candidates('www.x', { search, ndots: 1 })).toEqual([
      'www.x',
      'www.x.a.test',
      'www.x.b.test',
    ]);
    expect(candidates('www.x', { search, ndots: 2 })).toEqual([
      'www.x.a.test',
      'www.x.b.test',
      'www.x',
    ]);
    expect(candidates('www.', { search, ndots: 1 })).toEqual(['www.']);
    expect(candidates('www', { search, ndots: 0 })[0]).toBe('www');
  });

  it('is what questions are asked by, and read again when it has changed', async () => {
    const file = join(temporaryFolder(), 'resolv.conf');
    const server = new NameServer(test.loop, (asked) =>
      asked.name === 'www.b.test'
        ? reply(asked, [a(asked.name, '192.0.2.1')])
        : reply(asked, [], { rcode: 3 }),
    );
    writeFileSync(file, 'search a.test b.test\n');
    const dns = new test.loop.dns.Resolver({
      hosts: false,
      resolvConf: file,
      servers: [server.address],
    });
    const found = dns.resolve4('www');
    await drive(test.loop);
    expect(await found).toEqual(['192.0.2.1']);
    writeFileSync(`${file}.new`, 'search c.test\n');
    renameSync(`${file}.new`, file);
    const error = dns.resolve4('www').catch(({ code, hostname }) => [code, hostname]);
    await drive(test.loop);
    expect(await error).toEqual(['ENOTFOUND', 'www']);
    const names = ['www.a.test', 'www.b.test', 'www.c.test', 'www'];
    expect(server.asked.map(({ name }) => name)).toEqual(names);
  });

  it('has domains whose servers fail, behind which the search goes on', async () => {
    const rcodes: Record<string, number> = { 'www.a.test': 2, 'www.b.test': 3 };
    const server = new NameServer(test.loop, (asked) => {
      const rcode = rcodes[asked.name];
      if (rcode !== undefined) return reply(asked, [], { rcode });
      return reply(asked, asked.name === 'www.c.test' ? [a(asked.name, '192.0.2.1')] : []);
    });
    const resolverOf = (...search: string[]) =>
      new test.loop.dns.Resolver({ ...ALONE, servers: [server.address], search });
    const codeOf = ({ code }: { code: string }) => code;
    const found = Promise.all([
      resolverOf('a.test', 'c.test').resolve4('www'),
      // What says most: there is the name, who knows, there is none.
      resolverOf('a.test', 'b.test').resolve4('www').catch(codeOf),
      resolverOf('a.test', 'b.test').resolve4('www.').catch(codeOf),
    ]);
    await drive(test.loop);
    expect(await found).toEqual([['192.0.2.1'], 'ENODATA', 'ENODATA']);
    rcodes['www'] = 3;
    const failed = resolverOf('a.test', 'b.test').resolve4('www').catch(codeOf);
    await drive(test.loop);
    expect(await failed).toBe('ESERVFAIL');
  });

  it('tells the servers, and others when it is another', () => {
    const file = join(temporaryFolder(), 'resolv.conf');
    const dns = new test.loop.dns.Resolver({ resolvConf: file });
    expect(dns.getServers()).toEqual(['127.0.0.1']);
    writeFileSync(file, 'nameserver 192.0.2.1');
    expect(dns.getServers()).toEqual(['192.0.2.1']);
    writeFileSync(file, 'nameserver 192.0.2.1\nnameserver 192.0.2.2');
    expect(dns.getServers()).toEqual(['192.0.2.1', '192.0.2.2']);
    rmSync(file);
    expect(dns.getServers()).toEqual(['127.0.0.1']);
  });

  it('that is a FIFO, a folder, without end or too long is none', () => {
    const folder = temporaryFolder();
    const fifo = join(folder, 'fifo');
    spawnSync('mkfifo', [fifo]);
    const large = join(folder, 'large');
    writeFileSync(large, 'nameserver 192.0.2.1\n');
    truncateSync(large, 16 * 2 ** 20 + 1);
    for (const file of [fifo, folder, '/dev/zero', large]) {
      const dns = new test.loop.dns.Resolver({ resolvConf: file });
      expect(dns.getServers()).toEqual(['127.0.0.1']);
    }
  });
});

describe('the file of hosts', () => {
  const TEXT = `
127.0.0.1 localhost
192.0.2.1\thost.test Alias # and no more
2001:DB8:0::1 host.test
192.0.2.1 again.test host.test
not.an.address other.test
192.0.2.9
`;

  it('tells addresses by name and names by address', () => {
    const { addresses, names } = parseHosts(TEXT);
    expect([...(addresses.get('host.test') ?? [])]).toEqual(['192.0.2.1', '2001:DB8:0::1']);
    expect([...(addresses.get('alias') ?? [])]).toEqual(['192.0.2.1']);
    const own = parseHosts('127.0.0.9 localhost');
    expect(knownAddresses(own, 'localhost.', 4)).toEqual(['127.0.0.9']);
    expect([
      knownAddresses(own, 'LOCALHOST', 6),
      knownAddresses(undefined, 'a.localhost', 4),
    ]).toEqual([['::1'], ['127.0.0.1']]);
    expect([addresses.has('other.test'), names.has('192.0.2.9')]).toEqual([false, false]);
    expect([...(names.get('192.0.2.1') ?? [])]).toEqual(['host.test', 'Alias', 'again.test']);
  });

  it('may have as many names of one address as lists of those to be shut out have', () => {
    const lines = Array.from({ length: 60_000 }, (_, i) => `0.0.0.0 ads-${i}.test`);
    const { addresses, names } = parseHosts(lines.join('\n'));
    expect([addresses.size, names.get('0.0.0.0')?.size]).toEqual([60_000, 60_000]);
  });

  it('is looked at before any server is asked, and again when it has changed', async () => {
    const hosts = join(temporaryFolder(), 'hosts');
    writeFileSync(hosts, TEXT);
    const dns = new test.loop.dns.Resolver({ ...ALONE, servers: ['127.0.0.1:1'], hosts });
    const found = Promise.all([
      dns.resolve4('HOST.test.', { ttl: true }),
      dns.lookup('host.test', { all: true }),
      dns.reverse('2001:db8::1'),
      dns.resolve4('localhost'),
      dns.resolve6('x.localhost'),
      dns.resolve6('alias').catch(({ code }) => code),
    ]);
    await drive(test.loop);
    expect(await found).toEqual([
      [{ address: '192.0.2.1', ttl: 0 }],
      [
        { address: '2001:DB8:0::1', family: 6 },
        { address: '192.0.2.1', family: 4 },
      ],
      ['host.test'],
      ['127.0.0.1'],
      ['::1'],
      'ECONNREFUSED',
    ]);
    writeFileSync(hosts, '192.0.2.77 host.test # moved');
    const moved = dns.resolve4('host.test');
    await drive(test.loop);
    expect(await moved).toEqual(['192.0.2.77']);
  });
});
