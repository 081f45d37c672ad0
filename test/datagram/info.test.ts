// What comes beside a datagram, and goes with one: where it came to, hops, type of service,
// time; segments that the kernel cuts and joins; groups.
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { DgramOptions } from '../../lib/datagram/options.js';
import { thrownBy } from '../loop/support.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { HOST, listening, placeOf } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const isLinux = process.platform === 'linux';
const hasIpv6 = networkInterfaces()['lo']?.some(({ family }) => family === 'IPv6') === true;
const ALL: DgramOptions = { info: { pktinfo: true, ttl: true, tos: true, timestamp: true } };

describe.each(DRIVE_MODES)('in %s mode', (mode) => {
  const hosts = hasIpv6 ? [HOST, '::1'] : [HOST];
  it.runIf(isLinux).each(hosts)(
    'what was asked for is told of each datagram (%s)',
    async (host) => {
      const before = BigInt(Date.now() - 1000) * 1_000_000n;
      const server = listening(
        test.loop,
        { message: (socket) => server.heard.messages.length === 3 && socket.close() },
        { host, ...ALL },
      );
      const client = listening(test.loop, {}, { host });
      const to = placeOf(server.socket);
      test.loop.setImmediate(() => {
        client.socket.send('plain', to);
        client.socket.send('marked', to, { ttl: 7, tos: 0xb8 | 3 });
        client.socket.send('plain again', to);
        client.socket.close();
      });
      await drive(test.loop, mode);
      const [plain, marked, last] = server.heard.messages.map(({ info }) => info);
      expect(plain).toMatchObject({
        truncated: false,
        local: { address: host, interface: 1 },
        ttl: 64,
        tos: 0,
        ecn: 0,
      });
      expect(marked).toMatchObject({ ttl: 7, tos: 0xbb, ecn: 3 });
      expect(last).toMatchObject({ ttl: 64, tos: 0 });
      expect(plain?.timestampNs).toBeGreaterThan(before);
      // One place is one object.
      expect(last?.local).toBe(plain?.local);
    },
  );

  it.runIf(isLinux)('an answer leaves from where the question came to', async () => {
    const server = listening(
      test.loop,
      { message: (socket, chunk, from, { local }) => socket.send(chunk, from, local && { local }) },
      { host: '0.0.0.0', info: { pktinfo: true } },
    );
    const { port } = placeOf(server.socket);
    const client = listening(test.loop, {
      message: (socket) => {
        socket.close();
        server.socket.close();
      },
    });
    client.socket.send('x', { host: '127.0.0.77', port });
    await drive(test.loop, mode);
    expect(client.heard.messages).toMatchObject([{ from: { address: '127.0.0.77', port } }]);
  });

  it.runIf(isLinux)(
    'one send of many segments is as many datagrams; joined, it is one chunk again',
    async () => {
      const bytes = 'a'.repeat(100) + 'b'.repeat(100) + 'c'.repeat(50);
      const joined = listening(test.loop, { message: (socket) => socket.close() }, { gro: true });
      const plain = listening(test.loop, {
        message: (socket) => plain.heard.messages.length === 3 && socket.close(),
      });
      const client = listening(test.loop);
      client.socket.send(bytes, placeOf(plain.socket), { segmentBytes: 100 });
      client.socket.send(bytes, placeOf(joined.socket), { segmentBytes: 100 });
      client.socket.close();
      await drive(test.loop, mode);
      expect(plain.heard.messages.map(({ text }) => text)).toEqual([
        'a'.repeat(100),
        'b'.repeat(100),
        'c'.repeat(50),
      ]);
      expect(joined.heard.messages).toMatchObject([{ text: bytes, info: { segmentBytes: 100 } }]);
    },
  );

  it('a group is heard while it is joined', async () => {
    const group = '239.255.77.1';
    const member = listening(
      test.loop,
      {
        message: (socket) => {
          socket.leave(group, { interface: HOST });
          socket.close();
        },
      },
      { host: '0.0.0.0', reuseAddress: true, ...(isLinux ? ALL : {}) },
    );
    const { port } = placeOf(member.socket);
    member.socket.join(group, { interface: HOST });
    expect(thrownBy(() => member.socket.join(group, { interface: HOST }))).toMatchObject({
      code: 'EADDRINUSE',
    });
    expect(thrownBy(() => member.socket.join('10.1.2.3'))).toMatchObject({ address: '10.1.2.3' });
    const client = listening(test.loop);
    client.socket.setMulticast({ interface: HOST, loopback: true, ttl: 0 });
    client.socket.send('to all', { host: group, port });
    client.socket.close();
    await drive(test.loop, mode);
    expect(member.heard.messages.map(({ text }) => text)).toEqual(['to all']);
    if (isLinux)
      expect(member.heard.messages[0]?.info.local).toMatchObject({ address: HOST, group });
  });

  it('of a group with a source only that is heard', async () => {
    const group = '232.1.2.3';
    const member = listening(
      test.loop,
      { message: (socket) => socket.close() },
      { host: '0.0.0.0' },
    );
    const { port } = placeOf(member.socket);
    member.socket.join(group, { interface: HOST, source: HOST });
    const other = listening(test.loop, {}, { host: '127.0.0.2' });
    const client = listening(test.loop);
    for (const { socket } of [other, client]) {
      socket.setMulticast({ interface: HOST });
      socket.send(placeOf(socket).host, { host: group, port });
      socket.close();
    }
    await drive(test.loop, mode);
    expect(member.heard.messages.map(({ text }) => text)).toEqual([HOST]);
  });
});

// The loopback of Linux has no way to a group of IPv6: nothing is sent here.
it.runIf(isLinux && hasIpv6)('groups of IPv6 are joined by interface, and left', () => {
  const { socket } = listening(test.loop, {}, { host: '::' });
  for (const source of [undefined, '::1']) {
    const options = { interface: 'lo', ...(source && { source }) };
    socket.join('ff35::77', options);
    expect(thrownBy(() => socket.join('ff35::77', options))).toMatchObject({
      syscall: 'setsockopt',
    });
    socket.leave('ff35::77', { ...options, interface: 1 });
  }
  socket.setMulticast({ interface: 'lo', loopback: false, ttl: 3 });
  const set = ['IPV6_MULTICAST_IF', 'IPV6_MULTICAST_LOOP', 'IPV6_MULTICAST_HOPS'] as const;
  expect(set.map((name) => socket.getOption(name))).toEqual([1, false, 3]);
});

it('broadcast is refused until it is asked for', async () => {
  const refused = listening(test.loop, { error: (socket) => socket.close() });
  refused.socket.send('x', { host: '127.255.255.255', port: 9 });
  await drive(test.loop);
  expect(refused.heard.errors).toMatchObject([{ code: 'EACCES' }]);
  const allowed = listening(test.loop, {}, { broadcast: true });
  expect(allowed.socket.getOption('SO_BROADCAST')).toBe(true);
  allowed.socket.close();
});

describe('options of send', () => {
  it.each([
    ['no object', 5],
    ['an unknown one', { ttll: 1 }],
    ['ttl 0', { ttl: 0 }],
    ['tos 256', { tos: 256 }],
    ['segments of nothing', { segmentBytes: 0 }],
    ['a local that is none', { local: 'lo' }],
    ['a local address that is none', { local: { address: 'lo' } }],
    ['an interface that is not there', { local: { interface: 'rawloop9' } }],
  ])('%s is refused, and nothing is sent', (_name, options) => {
    const { socket } = listening(test.loop);
    expect(
      thrownBy(() => socket.send('x', { host: HOST, port: 9 }, options as never)),
    ).toMatchObject({
      code: expect.stringMatching(/^ERR_/),
    });
    expect(socket.datagramsWritten).toBe(0);
  });
});

describe('groups', () => {
  it.each([
    ['no address', ['x']],
    ['a number', [5]],
    ['of another family', ['ff02::1']],
    ['an unknown option', ['239.1.1.1', { iface: 'lo' }]],
    ['an interface that is not there', ['239.1.1.1', { interface: 'rawloop9' }]],
    ['a source of another family', ['239.1.1.1', { source: '::1' }]],
  ])('%s: refused', (_name, args) => {
    const { socket } = listening(test.loop);
    expect(thrownBy(() => Reflect.apply(socket.join, socket, args))).toMatchObject({
      code: expect.stringMatching(/^ERR_/),
    });
  });
});
