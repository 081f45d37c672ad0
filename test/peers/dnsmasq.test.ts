// dnsmasq(8) as a name server that others wrote: it has names of its own and asks nobody, and a
// Resolver of ours asks it by UDP and by TCP. Skipped where it is not installed.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { DRIVE_MODES, drive } from '../support/drive.js';

const installed = spawnSync('dnsmasq', ['--version'], { stdio: 'ignore' }).status === 0;

/** More than fits into a datagram: to be asked for by TCP. */
const MANY = 120;
const addresses = Array.from({ length: MANY }, (_, i) => `192.0.2.${i + 1}`);
const NAMES = [
  '--address=/x.test/192.0.2.1',
  '--address=/x.test/2001:db8::1',
  '--host-record=reversed.test,192.0.2.200',
  ...addresses.map((address) => `--host-record=many.test,${address}`),
  '--cname=alias.test,reversed.test',
  '--mx-host=x.test,mail.x.test,5',
  '--srv-host=_s._tcp.x.test,x.test,25,1,2',
  '--txt-record=x.test,one,two',
  '--naptr-record=x.test,1,2,s,SIP+D2U,,_sip._udp.x.test',
  '--caa-record=x.test,0,issue,ca.test',
  // Ours alone: what is not among them there is not.
  '--local=/test/',
];

describe.runIf(installed)('dnsmasq', () => {
  let server: ChildProcess;
  let address: string;

  beforeAll(async () => {
    const place = createServer().listen(0, '127.0.0.1');
    await once(place, 'listening');
    const { port } = place.address() as { port: number };
    place.close();
    await once(place, 'close');
    const alone = ['--no-daemon', '--conf-file=/dev/null', '--no-resolv', '--no-hosts'];
    const at = ['--listen-address=127.0.0.1', '--bind-interfaces', `--port=${port}`, '--user='];
    server = spawn('dnsmasq', [...alone, '--log-facility=-', ...at, ...NAMES], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await once(server.stderr as NodeJS.ReadableStream, 'data');
    address = `127.0.0.1:${port}`;
  });

  afterAll(async () => {
    server.kill();
    await once(server, 'close');
  });

  it.each(DRIVE_MODES)('answers what it is asked (%s)', async (mode) => {
    using loop = new EventLoop();
    const dns = new loop.dns.Resolver({ servers: [address], hosts: false, search: [] });
    const codeOf = ({ code }: { code: string }) => code;
    const found = Promise.all([
      dns.resolve4('x.test'),
      dns.resolve6('x.test'),
      dns.resolveMx('x.test'),
      dns.resolveSrv('_s._tcp.x.test'),
      dns.resolveTxt('x.test'),
      dns.resolveNaptr('x.test'),
      dns.resolveCaa('x.test'),
      dns.resolveCname('alias.test'),
      dns.resolve4('alias.test'),
      dns.reverse('192.0.2.200'),
      dns.resolve4('many.test').then((all) => all.sort()),
      dns.resolve4('none.test').catch(codeOf),
      dns.resolveMx('many.test').catch(codeOf),
      dns.resolveSoa('elsewhere.example').catch(codeOf),
    ]);
    await drive(loop, mode);
    expect(await found).toEqual([
      ['192.0.2.1'],
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
      ['reversed.test'],
      ['192.0.2.200'],
      ['reversed.test'],
      [...addresses].sort(),
      'ENOTFOUND',
      'ENODATA',
      'EREFUSED',
    ]);
  });
});
