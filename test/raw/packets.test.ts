// What goes along with packets: where they came to, when, their TTL and TOS, segments; and
// records that have no field, as bytes. Both ways, on real sockets of Linux: others have less.
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { untilReadable } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { receive as receiveFrom, send } from './ancillary-messages.js';

guardDescriptors();
const opened = new Opened();
const isLinux = process.platform === 'linux';
const DGRAM = constant('SOCK_DGRAM');
const SOL_SOCKET = constant('SOL_SOCKET');
const IPPROTO_IP = constant('IPPROTO_IP');
const IPPROTO_IPV6 = constant('IPPROTO_IPV6');
const IPPROTO_UDP = constant('IPPROTO_UDP');
const EINVAL = -constant('EINVAL');

const receive = (fd: number, room?: Partial<raw.MessageRoom>, flags?: number) => {
  untilReadable(fd);
  return receiveFrom(opened, fd, room, flags);
};
const ancillaryOf = (fd: number, room?: Partial<raw.MessageRoom>) => receive(fd, room).ancillary;

/** A UDP socket at the loopback and its name; options by level, name and value. */
function udp(
  family: 'ipv4' | 'ipv6',
  ...options: [number, number, number][]
): [number, raw.IpAddress] {
  const domain = constant(family === 'ipv4' ? 'AF_INET' : 'AF_INET6');
  const fd = opened.keep(raw.socket(domain, DGRAM | constant('SOCK_NONBLOCK')), 'socket');
  for (const option of options) raw.check(raw.setsockopt(fd, ...option), 'setsockopt');
  const any = family === 'ipv4' ? '0.0.0.0' : '::';
  raw.check(raw.bind(fd, { family, address: any, port: 0 }), 'bind');
  const { port } = raw.getsockname(fd) as raw.IpAddress;
  return [fd, { family, address: family === 'ipv4' ? '127.0.0.1' : '::1', port }];
}

describe.runIf(isLinux)('of packets', () => {
  it('timestamps are ns since 1970, of SO_TIMESTAMPNS and SO_TIMESTAMP', () => {
    for (const name of ['SO_TIMESTAMPNS', 'SO_TIMESTAMP']) {
      const [fd, address] = udp('ipv4', [SOL_SOCKET, constant(name), 1]);
      const before = BigInt(Date.now() - 5000) * 1_000_000n;
      send(fd, {}, address);
      const { timestamp } = ancillaryOf(fd);
      expect(timestamp).toBeTypeOf('bigint');
      expect((timestamp as bigint) > before).toBe(true);
    }
  });

  it.each([
    ['ipv4', IPPROTO_IP, 'IP_RECVTTL', 'IP_RECVTOS'],
    ['ipv6', IPPROTO_IPV6, 'IPV6_RECVHOPLIMIT', 'IPV6_RECVTCLASS'],
  ] as const)('TTL and TOS of %s go both ways', (family, level, ttl, tos) => {
    const [fd, address] = udp(family, [level, constant(ttl), 1], [level, constant(tos), 1]);
    expect(send(fd, { ttl: 7, tos: 0xb9 }, address)).toBe(1);
    expect(ancillaryOf(fd)).toMatchObject({ ttl: 7, tos: 0xb9 });
    raw.check(raw.connect(fd, address), 'connect');
    expect(send(fd, { ttl: 255, tos: 0 })).toBe(1);
    expect(ancillaryOf(fd)).toMatchObject({ ttl: 255, tos: 0 });
    for (const wrong of [{ ttl: 256 }, { ttl: -1 }, { tos: 256 }]) {
      expect(() => send(fd, wrong)).toThrow(RangeError);
    }
  });

  it('TTL to an IPv4 address in IPv6’s form is IPv4’s', () => {
    const [to, address] = udp('ipv4', [IPPROTO_IP, constant('IP_RECVTTL'), 1]);
    const [from] = udp('ipv6');
    const mapped: raw.IpAddress = { ...address, family: 'ipv6', address: '::ffff:127.0.0.1' };
    expect(send(from, { ttl: 9 }, mapped)).toBe(1);
    expect(ancillaryOf(to).ttl).toBe(9);
  });

  it('TTL of a socket that has none is refused', () => {
    const [left] = opened.pair();
    for (const ancillary of [{ ttl: 1 }, { tos: 1 }, { pktinfo: { interface: 1 } }]) {
      expect(send(left, ancillary)).toBe(-constant('EOPNOTSUPP'));
    }
  });

  it.each([
    ['ipv4', IPPROTO_IP, 'IP_PKTINFO', '127.1.2.3'],
    ['ipv6', IPPROTO_IPV6, 'IPV6_RECVPKTINFO', '::1'],
  ] as const)(
    'an answer over %s leaves from where the question came to',
    (family, level, option, to) => {
      const [server, address] = udp(family, [level, constant(option), 1]);
      const [client, clientAddress] = udp(family);
      send(client, {}, { ...address, address: to });
      const question = receive(server);
      const { pktinfo } = question.ancillary;
      expect(pktinfo).toEqual({ family, address: to, local: to, interface: 1 });
      expect(send(server, { pktinfo }, question.address)).toBe(1);
      expect(receive(client).address).toEqual({ ...address, address: to });
      // The interface alone, of whatever family the address is.
      expect(send(server, { pktinfo: { interface: 1 } }, clientAddress)).toBe(1);
      expect(send(server, { pktinfo: { interface: 2 ** 31 - 1 } }, clientAddress)).toBeLessThan(0);
      expect(send(server, { pktinfo: { local: 'localhost' } }, clientAddress)).toBe(EINVAL);
      expect(() => send(server, { pktinfo: { local: 7 } } as never, clientAddress)).toThrow(
        TypeError,
      );
    },
  );

  it('segments are cut and joined by the kernel', () => {
    const [to, address] = udp('ipv4');
    const [from] = udp('ipv4');
    const buffers = [new Uint8Array(250)];
    const message = { buffers, address, ancillary: { segmentBytes: 100 } };
    // Linux 4.18, or a kernel without it.
    if (raw.sendmsg(from, message) !== 250) return;
    expect([
      receive(to, { buffers }).bytes,
      receive(to, { buffers }).bytes,
      receive(to, { buffers }).bytes,
    ]).toEqual([100, 100, 50]);
    raw.check(raw.setsockopt(to, IPPROTO_UDP, constant('UDP_GRO'), 1), 'setsockopt');
    raw.sendmsg(from, message);
    expect(receive(to, { buffers })).toMatchObject({
      bytes: 250,
      ancillary: { segmentBytes: 100 },
    });
    expect(() => send(from, { segmentBytes: 65536 }, address)).toThrow(RangeError);
  });
});

describe.runIf(isLinux)('other records', () => {
  it('go both ways as bytes', () => {
    const [fd, address] = udp('ipv4', [IPPROTO_IP, constant('IP_RECVTTL'), 1]);
    const ttl = { level: IPPROTO_IP, type: constant('IP_TTL'), data: Int32Array.of(5) };
    expect(send(fd, { raw: [ttl] }, address)).toBe(1);
    expect(ancillaryOf(fd)).toMatchObject({ ttl: 5, raw: [] });
    // What the error queue has is no field: a port where nobody listens.
    const [client] = udp('ipv4', [IPPROTO_IP, constant('IP_RECVERR'), 1]);
    const [gone, nowhere] = udp('ipv4');
    opened.close(gone);
    send(client, {}, nowhere);
    const error = receive(client, {}, constant('MSG_ERRQUEUE'));
    expect(error).toMatchObject({ address: nowhere });
    const [record] = error.ancillary.raw;
    expect(record).toMatchObject({ level: IPPROTO_IP, type: constant('IP_RECVERR') });
    expect(new Uint32Array(record?.data.slice().buffer as ArrayBuffer)[0]).toBe(
      constant('ECONNREFUSED'),
    );
  });

  it('of a size that is the peer’s to choose have room by controlBytes', () => {
    const [fd, address] = udp('ipv4', [IPPROTO_IP, constant('IP_RECVOPTS'), 1]);
    // Options of IPv4: 40 times NOP.
    const data = new Uint8Array(40).fill(1);
    const options = { level: IPPROTO_IP, type: constant('IP_RETOPTS'), data };
    expect(send(fd, { raw: [options] }, address)).toBe(1);
    const record = { level: IPPROTO_IP, type: constant('IP_RECVOPTS'), data };
    expect(ancillaryOf(fd, { controlBytes: 64 })).toMatchObject({
      raw: [record],
      truncated: false,
    });
  });

  it('that may hold addresses, or are none, are refused', () => {
    const [left, right] = opened.pair();
    const SOL_RDS = 276;
    const record = { level: SOL_RDS, type: 1, data: new Uint8Array(64) };
    expect(send(left, { raw: [record] })).toBe(EINVAL);
    const misuse = expect.objectContaining({ code: expect.stringMatching(/^ERR_/) });
    const good = { level: SOL_SOCKET, type: 99, data: new Uint8Array(4) };
    for (const wrong of [
      { raw: 7 },
      { raw: [7] },
      { raw: [{}] },
      { raw: [{ ...good, data: 'x' }] },
      { raw: [{ ...good, data: new Uint8Array(65537) }] },
      { raw: Array(65).fill(good) },
      { raw: [{ ...good, level: 1.5 }] },
    ]) {
      expect(() => send(left, wrong as never)).toThrow(misuse);
    }
    expect(send(left, { raw: [good] })).toBe(EINVAL);
    expect(raw.recv(right, new Uint8Array(1))).toBe(-constant('EAGAIN'));
  });
});
