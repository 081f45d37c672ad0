// unbound(8), a resolver of another make than dnsmasq: it has names of its own, forwards to nobody,
// drops what is malformed, and answers in other ways (its own case of letters, long answers cut
// where EDNS says). Skipped where it is not installed.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { DRIVE_MODES, drive } from '../support/drive.js';

const installed = spawnSync('unbound', ['-V'], { stdio: 'ignore' }).status === 0;

/** More than fits into a datagram: to be asked for by TCP. */
const MANY = 120;
const addresses = Array.from({ length: MANY }, (_, i) => `192.0.2.${i + 1}`);
const RECORDS = [
  'x.test. 60 IN A 192.0.2.1',
  'x.test. 60 IN AAAA 2001:db8::1',
  'x.test. 60 IN MX 5 mail.x.test.',
  'x.test. 60 IN TXT "one" "two"',
  'x.test. 60 IN CAA 0 issue "ca.test"',
  'x.test. 60 IN NAPTR 1 2 "s" "SIP+D2U" "" _sip._udp.x.test.',
  'x.test. 60 IN NS ns.x.test.',
  'x.test. 60 IN SOA ns.x.test. first\\.last.x.test. 7 1 2 3 4',
  '_s._tcp.x.test. 60 IN SRV 1 2 25 x.test.',
  'alias.test. 60 IN CNAME x.test.',
  ...addresses.map((address) => `many.test. 60 IN A ${address}`),
];

/** It asks nobody, trusts its own records, and keeps nothing where it runs. */
const configOf = (port: number, folder: string) => `
server:
  interface: 127.0.0.1
  port: ${port}
  do-daemonize: no
  use-syslog: no
  verbosity: 1
  logfile: ""
  username: ""
  chroot: ""
  directory: "${folder}"
  pidfile: ""
  num-threads: 1
  module-config: "iterator"
  root-hints: ""
  do-not-query-localhost: yes
  access-control: 127.0.0.0/8 allow
  local-zone: "." refuse
  local-zone: "test." static
${RECORDS.map((record) => `  local-data: '${record}'`).join('\n')}
  local-data-ptr: "192.0.2.200 reversed.test"
remote-control:
  control-enable: no
`;

describe.runIf(installed)('unbound', () => {
  let server: ChildProcess;
  let address: string;
  const folder = mkdtempSync(join(tmpdir(), 'rawloop-'));

  beforeAll(async () => {
    const place = createServer().listen(0, '127.0.0.1');
    await once(place, 'listening');
    const { port } = place.address() as { port: number };
    place.close();
    await once(place, 'close');
    const config = join(folder, 'unbound.conf');
    writeFileSync(config, configOf(port, folder));
    server = spawn('unbound', ['-d', '-p', '-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
    let told = '';
    await new Promise((resolve) => {
      server.stderr?.on('end', resolve).on('data', (chunk) => {
        told += chunk;
        if (told.includes('start of service')) resolve(undefined);
      });
    });
    expect(told).toContain('start of service');
    address = `127.0.0.1:${port}`;
  });

  afterAll(async () => {
    const ended = once(server, 'close');
    server.kill();
    await ended;
    rmSync(folder, { recursive: true });
  });

  it.each(DRIVE_MODES)('answers what it is asked (%s)', async (mode) => {
    using loop = new EventLoop();
    const options = { servers: [address], hosts: false, search: [] } as const;
    const dns = new loop.dns.Resolver({ ...options, randomCase: true });
    const byTcp = new loop.dns.Resolver({ ...options, tcp: true, edns: false });
    const codeOf = ({ code }: { code: string }) => code;
    const found = Promise.all([
      dns.resolve4('x.test', { ttl: true }),
      dns.resolve6('X.test'),
      dns.resolveMx('x.test'),
      dns.resolveSrv('_s._tcp.x.test'),
      dns.resolveTxt('x.test'),
      dns.resolveNaptr('x.test'),
      dns.resolveCaa('x.test'),
      dns.resolveNs('x.test'),
      dns.resolveSoa('x.test').then(({ hostmaster, serial }) => [hostmaster, serial]),
      dns.resolveCname('alias.test'),
      dns.reverse('192.0.2.200'),
      dns.resolve4('many.test').then((all) => all.sort()),
      byTcp.resolve4('many.test').then((all) => all.sort()),
      byTcp.resolveMx('x.test'),
      dns.lookup('x.test', { all: true }),
      dns.resolve4('none.test').catch(codeOf),
      dns.resolveMx('many.test').catch(codeOf),
      dns.resolveSoa('elsewhere.example').catch(codeOf),
    ]);
    await drive(loop, mode);
    expect(await found).toEqual([
      [{ address: '192.0.2.1', ttl: 60 }],
      ['2001:db8::1'],
      [{ exchange: 'mail.x.test', priority: 5 }],
      [{ name: 'x.test', port: 25, priority: 1, weight: 2 }],
      [['one', 'two']],
      [
        {
          ...{ order: 1, preference: 2, flags: 's', service: 'SIP+D2U', regexp: '' },
          replacement: '_sip._udp.x.test',
        },
      ],
      [{ critical: 0, issue: 'ca.test' }],
      ['ns.x.test'],
      ['first\\.last.x.test', 7],
      ['x.test'],
      ['reversed.test'],
      [...addresses].sort(),
      [...addresses].sort(),
      [{ exchange: 'mail.x.test', priority: 5 }],
      [
        { address: '2001:db8::1', family: 6 },
        { address: '192.0.2.1', family: 4 },
      ],
      'ENOTFOUND',
      'ENODATA',
      'EREFUSED',
    ]);
  });
});
