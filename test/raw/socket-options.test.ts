// setsockopt and getsockopt, with numbers and with raw bytes.
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';

guardDescriptors();
const opened = new Opened();
const SOL_SOCKET = constant('SOL_SOCKET');
const IPPROTO_IP = constant('IPPROTO_IP');
const SO_LINGER = constant('SO_LINGER');
const NEVER_OPEN = 2 ** 31 - 1;

const tcp = (): number => opened.keep(raw.socket(constant('AF_INET'), constant('SOCK_STREAM')));

describe('an option', () => {
  it('is a number', () => {
    const fd = tcp();
    const nodelay = [constant('IPPROTO_TCP'), constant('TCP_NODELAY')] as const;
    expect(raw.getsockopt(fd, ...nodelay)).toBe(0);
    expect(raw.setsockopt(fd, ...nodelay, 1)).toBe(0);
    expect(raw.getsockopt(fd, ...nodelay)).toBe(1);
  });

  it('or raw bytes, in the layout of the kernel', () => {
    const fd = tcp();
    const linger = new Int32Array([1, 7]);
    expect(raw.setsockopt(fd, SOL_SOCKET, SO_LINGER, linger)).toBe(0);
    const into = new Int32Array(2);
    expect(raw.getsockopt(fd, SOL_SOCKET, SO_LINGER, into)).toBe(8);
    expect(into).toEqual(linger);
  });

  it('is cut to the bytes that are there', () => {
    const fd = tcp();
    const memory = new Uint8Array(16).fill(0xee);
    const view = memory.subarray(4, 8);
    expect(raw.getsockopt(fd, SOL_SOCKET, SO_LINGER, view)).toBe(4);
    expect(memory.subarray(8)).toEqual(new Uint8Array(8).fill(0xee));
    expect(memory.subarray(0, 4)).toEqual(new Uint8Array(4).fill(0xee));
  });

  it('that does not exist, or a descriptor that is none, gives a negative errno', () => {
    const fd = tcp();
    const missing = -constant('ENOPROTOOPT');
    expect(raw.getsockopt(fd, SOL_SOCKET, 9999)).toBe(missing);
    expect(raw.setsockopt(fd, SOL_SOCKET, 9999, 1)).toBe(missing);
    expect(raw.setsockopt(fd, SOL_SOCKET, SO_LINGER, new Uint8Array(1))).toBe(-constant('EINVAL'));
    const [readEnd] = opened.pipe();
    expect(raw.getsockopt(readEnd, SOL_SOCKET, SO_LINGER)).toBe(-constant('ENOTSOCK'));
    expect(raw.setsockopt(NEVER_OPEN, SOL_SOCKET, SO_LINGER, 1)).toBe(-constant('EBADF'));
    expect(raw.getsockopt(NEVER_OPEN, SOL_SOCKET, SO_LINGER)).toBe(-constant('EBADF'));
  });

  it('is refused when its value is neither', () => {
    const fd = tcp();
    for (const value of ['1', null, undefined, {}, [1], true]) {
      const given = value as unknown as number;
      expect(() => raw.setsockopt(fd, SOL_SOCKET, SO_LINGER, given)).toThrow(TypeError);
    }
    const given = 'x' as unknown as Uint8Array;
    expect(() => raw.getsockopt(fd, SOL_SOCKET, SO_LINGER, given)).toThrow(TypeError);
  });
});

// The kernel does not keep to the length that it is told for these: it writes to an
// address, or as many elements, as the bytes themselves say.
describe('options that would write beyond the bytes', () => {
  it('are not read: the list of a source filter', () => {
    const fd = opened.keep(raw.socket(constant('AF_INET'), constant('SOCK_DGRAM')));
    const IP_ADD_SOURCE_MEMBERSHIP = 39;
    const IP_MSFILTER = 41;
    const group = [239, 1, 2, 3];
    const loopback = [127, 0, 0, 1];
    for (let source = 1; source <= 5; source++) {
      const request = Uint8Array.of(...group, ...loopback, 10, 0, 0, source);
      const added = raw.setsockopt(fd, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, request);
      if (added === -constant('ENODEV')) return;
      expect(added).toBe(0);
    }
    const memory = new Uint8Array(64).fill(0xee);
    const filter = memory.subarray(0, 16);
    filter.set([...group, ...loopback]);
    // "There is room for five": there is room for none.
    new DataView(memory.buffer).setUint32(12, 5, true);
    expect(raw.getsockopt(fd, IPPROTO_IP, IP_MSFILTER, filter)).toBe(-constant('ENOPROTOOPT'));
    expect(memory.subarray(16)).toEqual(new Uint8Array(48).fill(0xee));
  });

  it('are not read: each of them', () => {
    const v4 = tcp();
    const v6 = opened.keep(raw.socket(constant('AF_INET6'), constant('SOCK_STREAM')));
    const TCP_ZEROCOPY_RECEIVE = 35;
    const SO_GET_FILTER = 26;
    const MCAST_MSFILTER = 48;
    const EBT_SO_GET_ENTRIES = 129;
    const SOL_MPTCP = 284;
    const MPTCP_FULL_INFO = 4;
    const TCP_AO_GET_KEYS = 41;
    const IPPROTO_SCTP = 132;
    const SCTP_SOCKOPT_CONNECTX3 = 111;
    const refused: [fd: number, level: number, name: number][] = [
      [v4, constant('IPPROTO_TCP'), TCP_ZEROCOPY_RECEIVE],
      [v4, SOL_SOCKET, SO_GET_FILTER],
      [v4, IPPROTO_IP, MCAST_MSFILTER],
      [v4, IPPROTO_IP, EBT_SO_GET_ENTRIES],
      [v6, constant('IPPROTO_IPV6'), MCAST_MSFILTER],
      [v4, SOL_MPTCP, MPTCP_FULL_INFO],
      [v4, constant('IPPROTO_TCP'), TCP_AO_GET_KEYS],
      [v4, IPPROTO_SCTP, SCTP_SOCKOPT_CONNECTX3],
      // What nobody here knows of is not tried.
      [v4, 9999, 1],
    ];
    for (const option of refused) {
      expect(raw.getsockopt(...option)).toBe(-constant('ENOPROTOOPT'));
      expect(raw.getsockopt(...option, new Uint8Array(256))).toBe(-constant('ENOPROTOOPT'));
    }
  });
});

describe('options whose value holds an address', () => {
  it('are not set: the kernel would read the memory that the bytes name', () => {
    const v4 = tcp();
    const SO_ATTACH_FILTER = 26;
    const SO_ATTACH_REUSEPORT_CBPF = 51;
    const SOL_PACKET = 263;
    const PACKET_FANOUT_DATA = 22;
    const SOL_XDP = 283;
    const XDP_UMEM_REG = 4;
    const IPT_SO_SET_REPLACE = 64;
    const refused: [level: number, name: number][] = [
      [SOL_SOCKET, SO_ATTACH_FILTER],
      [SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF],
      [SOL_PACKET, PACKET_FANOUT_DATA],
      [SOL_XDP, XDP_UMEM_REG],
      [IPPROTO_IP, IPT_SO_SET_REPLACE],
      [constant('IPPROTO_TCP'), 35],
    ];
    for (const option of refused) {
      for (const value of [1, new Uint8Array(16)]) {
        expect(raw.setsockopt(v4, ...option, value)).toBe(-constant('ENOPROTOOPT'));
      }
    }
  });
});

describe('options that keep to the length', () => {
  it('are all let through, by the names that there are', () => {
    const levels: [prefix: RegExp, level: number, domain: number][] = [
      [/^SO_/, SOL_SOCKET, constant('AF_INET')],
      [/^TCP_/, constant('IPPROTO_TCP'), constant('AF_INET')],
      [/^IP_/, IPPROTO_IP, constant('AF_INET')],
      [/^IPV6_/, constant('IPPROTO_IPV6'), constant('AF_INET6')],
    ];
    // Those that no socket of this kind has, or that cannot be read.
    let answered = 0;
    for (const [prefix, level, domain] of levels) {
      const fd = opened.keep(raw.socket(domain, constant('SOCK_STREAM')));
      for (const [name, value] of Object.entries(raw.constants)) {
        if (!prefix.test(name)) continue;
        const bytes = new Uint8Array(256).fill(0xee);
        const length = raw.getsockopt(fd, level, value, bytes.subarray(64, 128));
        if (length >= 0) answered++;
        expect(
          [...bytes.subarray(0, 64), ...bytes.subarray(128)].every((byte) => byte === 0xee),
        ).toBe(true);
      }
    }
    expect(answered).toBeGreaterThan(80);
  });
});
