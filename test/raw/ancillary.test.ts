// What goes along with a message: descriptors, credentials, the way of a packet; both
// ways, on real sockets. Asked of Linux where the others have less.
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { bytesOf } from '../support/bytes.js';
import {
  countDescriptors,
  guardDescriptors,
  isCloseOnExec,
  isOpen,
  Opened,
} from '../support/descriptors.js';

guardDescriptors();
const opened = new Opened();
const isLinux = process.platform === 'linux';
const DGRAM = constant('SOCK_DGRAM');
const SEQPACKET = constant('SOCK_SEQPACKET');
const STREAM = constant('SOCK_STREAM');
const SOL_SOCKET = constant('SOL_SOCKET');
const IPPROTO_IP = constant('IPPROTO_IP');
const IPPROTO_IPV6 = constant('IPPROTO_IPV6');
const IPPROTO_UDP = constant('IPPROTO_UDP');
const EINVAL = -constant('EINVAL');
const NEVER_OPEN = 2 ** 31 - 1;
const ONE_BYTE = [bytesOf('x')];

function send(fd: number, ancillary: raw.Ancillary, address?: raw.Address): number {
  return raw.sendmsg(fd, { buffers: ONE_BYTE, address, ancillary });
}

/** The message that waits; its descriptors are closed after the test. */
function receive(fd: number, room: Partial<raw.MessageRoom> = {}, flags = 0): raw.ReceivedMessage {
  const message = { buffers: [new Uint8Array(64)], ...room };
  const got = raw.check(raw.recvmsg(fd, message, flags), 'recvmsg');
  for (const received of got.ancillary.fds) opened.keep(received);
  if (got.ancillary.pidfd !== undefined) opened.keep(got.ancillary.pidfd);
  return got;
}

const ancillaryOf = (fd: number, room?: Partial<raw.MessageRoom>): raw.ReceivedAncillary =>
  receive(fd, room).ancillary;

const isSame = (one: number, other: number): boolean => {
  const [a, b] = [fstatSync(one), fstatSync(other)];
  return a.dev === b.dev && a.ino === b.ino;
};

describe.each(Object.entries({ STREAM, DGRAM, SEQPACKET }))(
  'descriptors over SOCK_%s',
  (_, type) => {
    it('arrive in order, close-on-exec, and are the receiver’s to close', () => {
      const [left, right] = opened.pair(type);
      const pipe = opened.pipe();
      expect(send(left, { fds: [...pipe, pipe[0]] })).toBe(1);
      const { fds, truncated } = ancillaryOf(right, { maxFds: 3 });
      expect(truncated).toBe(false);
      expect(fds.map((fd, i) => isSame(fd, pipe[i % 2] as number))).toEqual([true, true, true]);
      for (const fd of fds) {
        expect(isCloseOnExec(fd)).toBe(true);
        expect(raw.close(fd)).toBe(0);
      }
      expect(pipe.every(isOpen)).toBe(true);
    });
  },
);

describe('descriptors', () => {
  it('may be closed by who sent them', () => {
    const [left, right] = opened.pair();
    const [readEnd, writeEnd] = opened.pipe();
    send(left, { fds: [readEnd] });
    opened.close(readEnd);
    raw.write(writeEnd, bytesOf('through'));
    const [passed] = ancillaryOf(right, { maxFds: 1 }).fds;
    expect(raw.read(passed as number, new Uint8Array(16))).toBe(7);
  });

  it('that nobody asked for are closed, and that is told', () => {
    const [left, right] = opened.pair();
    const [readEnd] = opened.pipe();
    const before = countDescriptors();
    for (const [sent, maxFds] of [
      [1, 0],
      [1, undefined],
      [2, 1],
      [3, 2],
      [40, 1],
      [253, 1],
      [253, 252],
    ]) {
      send(left, { fds: Array<number>(sent as number).fill(readEnd) });
      const got = receive(right, { maxFds });
      expect(got).toMatchObject({ bytes: 1, ancillary: { truncated: true } });
      expect(got.ancillary.fds).toHaveLength(maxFds ?? 0);
      opened.close(...got.ancillary.fds);
      expect(countDescriptors()).toBe(before);
    }
    // By a call that does not know of them.
    send(left, { fds: [readEnd] });
    expect(raw.recv(right, new Uint8Array(1))).toBe(1);
    expect(countDescriptors()).toBe(before);
  });

  it('go with a message by 253', () => {
    const [left, right] = opened.pair();
    const [readEnd] = opened.pipe();
    expect(send(left, { fds: Array<number>(253).fill(readEnd) })).toBe(1);
    const { fds, truncated } = ancillaryOf(right, { maxFds: 253 });
    expect([fds.length, new Set(fds).size, truncated]).toEqual([253, 253, false]);
    const range = expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' });
    expect(() => send(left, { fds: Array<number>(254).fill(readEnd) })).toThrow(range);
    // Two records of one kind are the kernel's to count.
    const rights = {
      level: SOL_SOCKET,
      type: constant('SCM_RIGHTS'),
      data: Int32Array.of(readEnd),
    };
    const tooMany = { fds: Array<number>(253).fill(readEnd), raw: [rights] };
    expect(send(left, tooMany)).toBe(isLinux ? EINVAL : expect.any(Number));
    expect(raw.recvmsg(right, { buffers: ONE_BYTE })).toBe(-constant('EAGAIN'));
  });

  it('are looked at by MSG_PEEK as duplicates', () => {
    const [left, right] = opened.pair();
    send(left, { fds: [left] });
    const peeked = receive(right, { maxFds: 1 }, constant('MSG_PEEK')).ancillary.fds;
    const taken = ancillaryOf(right, { maxFds: 1 }).fds;
    expect(taken).toHaveLength(1);
    if (isLinux) expect(peeked).toHaveLength(1);
  });

  it('that are none are -EBADF, and no numbers a TypeError', () => {
    const [left, right] = opened.pair();
    expect(send(left, { fds: [left, NEVER_OPEN] })).toBe(-constant('EBADF'));
    for (const fds of ['x', 7, {}, [null], [1.5], [-1], ['1']]) {
      const misuse = expect.objectContaining({ code: expect.stringMatching(/^ERR_/) });
      expect(() => send(left, { fds } as never)).toThrow(misuse);
    }
    expect(raw.recv(right, new Uint8Array(1))).toBe(-constant('EAGAIN'));
    // A descriptor over a socket that carries none.
    const [client] = opened.tcpPair();
    expect(send(client, { fds: [left] })).toSatisfy((n) => n === 1 || n < 0);
  });

  it('not a one is left of 600 messages, half of them not taken', () => {
    const [left, right] = opened.pair(DGRAM);
    const file = openSync(import.meta.filename, 'r');
    const before = countDescriptors();
    for (let i = 0; i < 600; i++) {
      send(left, { fds: [file, file] });
      const got = raw.check(raw.recvmsg(right, { buffers: ONE_BYTE, maxFds: i % 2 }), 'recvmsg');
      for (const fd of got.ancillary.fds) raw.close(fd);
      if (i % 3 === 0 && raw.supported.recvmmsg) {
        const message = { buffers: ONE_BYTE, ancillary: { fds: [file, file] } };
        raw.sendmmsg(left, [message, message]);
        const room = { buffers: ONE_BYTE, maxFds: 1 };
        for (const one of raw.check(raw.recvmmsg(right, [room, room]), 'recvmmsg')) {
          for (const fd of one.ancillary.fds) expect(raw.close(fd)).toBe(0);
        }
      }
    }
    expect(countDescriptors()).toBe(before);
    expect(readSync(file, new Uint8Array(1))).toBe(1);
    closeSync(file);
  });
});

describe.runIf(isLinux)('credentials', () => {
  const own = { pid: process.pid, uid: process.getuid?.(), gid: process.getgid?.() };

  it('come where SO_PASSCRED asks for them, whoever tells them', () => {
    const [left, right] = opened.pair();
    send(left, {});
    expect(ancillaryOf(right).credentials).toBe(undefined);
    raw.check(raw.setsockopt(right, SOL_SOCKET, constant('SO_PASSCRED'), 1), 'setsockopt');
    send(left, {});
    expect(ancillaryOf(right).credentials).toEqual(own);
    send(left, { credentials: own as raw.Credentials });
    expect(ancillaryOf(right).credentials).toEqual(own);
  });

  it('of nobody are refused', () => {
    const [left] = opened.pair();
    const nobody = { pid: 2 ** 31 - 1, uid: 0, gid: 0 };
    expect(send(left, { credentials: nobody })).toBeLessThan(0);
    for (const credentials of [
      7,
      {},
      { pid: 1 },
      { ...nobody, uid: -1 },
      { ...nobody, gid: 2 ** 32 },
    ]) {
      const misuse = expect.objectContaining({ code: expect.stringMatching(/^ERR_/) });
      expect(() => send(left, { credentials } as never)).toThrow(misuse);
    }
  });

  it('may be a descriptor of the process, which is closed like any', () => {
    const [left, right] = opened.pair();
    const SO_PASSPIDFD = 76;
    // Linux 6.5
    if (raw.setsockopt(right, SOL_SOCKET, SO_PASSPIDFD, 1) < 0) return;
    send(left, {});
    const { pidfd } = ancillaryOf(right);
    expect(isCloseOnExec(pidfd as number)).toBe(true);
    const info = readFileSync(`/proc/self/fdinfo/${pidfd}`, 'utf8');
    expect(info).toMatch(new RegExp(`^Pid:\\s+${process.pid}$`, 'm'));
    expect(raw.close(pidfd as number)).toBe(0);
  });
});

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
