// Every name of the table on a real socket: set and read back, or refused for the reason that
// stands here. What the system lacks says so.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { constant, constants } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { getByName } from '../../lib/socket-options/access.js';
import { NAMES, TABLE } from '../../lib/socket-options/table.js';
import type { AllSocketOptions, SocketOptionName } from '../../lib/socket-options/values.js';
import { thrownBy } from '../loop/support.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { KINDS, type SocketKind, setByName, take } from './support.js';

guardDescriptors();
const opened = new Opened();
const isLinux = process.platform === 'linux';

interface Trial<Value> {
  /** Which socket it is tried on. */
  on: SocketKind;
  set?: Value;
  /** What is read then, if it is not what was set; a function looks at it. */
  reads?: Value | ((value: Value) => boolean);
  /** Whose refusal is no fault: the test has no right to it, or the kernel no such option. */
  mayBe?: readonly string[];
  /** What it takes to be set first. */
  first?: SocketOptionName;
}

const flag = (on: SocketKind, more: Partial<Trial<boolean>> = {}) => ({ on, set: true, ...more });
const number = (on: SocketKind, set: number, more: Partial<Trial<number>> = {}) => ({
  ...{ on, set },
  ...more,
});
/** What Linux makes of a buffer's size. */
const atLeast = (bytes: number) => (value: number) => value >= bytes;
const admin = { mayBe: ['EPERM'] };
const lo = isLinux ? Number(readFileSync('/sys/class/net/lo/ifindex', 'utf8')) : 1;

const TRIALS: { [Name in SocketOptionName]: Trial<AllSocketOptions[Name]> } = {
  SO_BINDTODEVICE: { on: 'new udp', set: 'lo', mayBe: ['EPERM'] },
  SO_BINDTOIFINDEX: number('new udp', lo, admin),
  SO_BROADCAST: flag('udp'),
  SO_BUSY_POLL: number('udp', 50, admin),
  SO_DONTROUTE: flag('udp'),
  SO_INCOMING_CPU: number('udp', 0),
  SO_KEEPALIVE: flag('tcp'),
  SO_LINGER: { on: 'tcp', set: 7 },
  SO_LOCK_FILTER: flag('udp'),
  SO_MARK: number('udp', 2 ** 32 - 2, admin),
  SO_MAX_PACING_RATE: number('tcp', 3_000_000_000),
  SO_OOBINLINE: flag('tcp'),
  SO_PASSCRED: flag('unix'),
  SO_PEEK_OFF: number('unix', 3),
  SO_PREFER_BUSY_POLL: flag('udp', admin),
  SO_PRIORITY: number('udp', 6),
  SO_RCVBUF: number('udp', 20_000, { reads: atLeast(20_000) }),
  SO_RCVLOWAT: number('tcp', 5),
  SO_REUSEADDR: flag('new tcp'),
  SO_REUSEPORT: flag('new tcp'),
  SO_REUSEPORT_LB: flag('new tcp'),
  SO_RXQ_OVFL: flag('udp'),
  SO_SNDBUF: number('udp', 20_000, { reads: atLeast(20_000) }),
  SO_TIMESTAMP: flag('udp'),
  SO_TIMESTAMPNS: flag('udp'),
  TCP_CONGESTION: { on: 'tcp', set: isLinux ? 'reno' : 'newreno' },
  TCP_CORK: flag('tcp'),
  TCP_DEFER_ACCEPT: number('listening', 5, { reads: 7 }),
  TCP_FASTOPEN: number('listening', 5),
  TCP_FASTOPEN_CONNECT: flag('new tcp', { mayBe: ['EOPNOTSUPP'] }),
  TCP_FASTOPEN_NO_COOKIE: flag('listening'),
  TCP_KEEPCNT: number('tcp', 3),
  TCP_KEEPIDLE: number('tcp', 32767),
  TCP_KEEPINTVL: number('tcp', 17),
  TCP_LINGER2: number('tcp', 9),
  TCP_MAXSEG: number('new tcp', 1000),
  TCP_NODELAY: flag('tcp'),
  TCP_NOPUSH: flag('tcp'),
  TCP_NOTSENT_LOWAT: number('tcp', 2 ** 32 - 1),
  TCP_QUICKACK: { on: 'tcp', set: false, reads: () => true },
  TCP_SAVE_SYN: number('listening', 2),
  TCP_SYNCNT: number('tcp', 3),
  TCP_TX_DELAY: number('tcp', 1000, { mayBe: ['ENOPROTOOPT'] }),
  TCP_USER_TIMEOUT: number('tcp', 5000),
  TCP_WINDOW_CLAMP: number('tcp', 30_000, { reads: atLeast(1) }),
  UDP_CORK: flag('udp'),
  UDP_GRO: flag('udp'),
  UDP_SEGMENT: number('udp', 1200),
  IP_BIND_ADDRESS_NO_PORT: flag('new tcp'),
  IP_FREEBIND: flag('new tcp'),
  IP_MINTTL: number('tcp', 200),
  IP_MTU_DISCOVER: number('udp', 2),
  IP_MULTICAST_ALL: { on: 'udp', set: false },
  IP_MULTICAST_IF: { on: 'new udp', set: '127.0.0.1' },
  IP_MULTICAST_LOOP: { on: 'udp', set: false },
  IP_MULTICAST_TTL: number('udp', 7),
  IP_PKTINFO: flag('udp'),
  IP_RECVERR: flag('udp'),
  IP_RECVORIGDSTADDR: flag('udp'),
  IP_RECVTOS: flag('udp'),
  IP_RECVTTL: flag('udp'),
  IP_TOS: number('udp', 0xb8),
  IP_TRANSPARENT: flag('new tcp', admin),
  IP_TTL: number('tcp', 33),
  IPV6_DONTFRAG: flag('udp6'),
  IPV6_FREEBIND: flag('new tcp6'),
  // It is set, and read of what is connected alone.
  IPV6_MTU: number('udp6', 1400, { mayBe: ['ENOTCONN'] }),
  IPV6_MTU_DISCOVER: number('udp6', 2),
  IPV6_MULTICAST_HOPS: number('udp6', 7),
  IPV6_MULTICAST_IF: number('udp6', lo),
  IPV6_MULTICAST_LOOP: { on: 'udp6', set: false },
  IPV6_RECVERR: flag('udp6'),
  IPV6_RECVHOPLIMIT: flag('udp6'),
  IPV6_RECVPKTINFO: flag('udp6'),
  IPV6_RECVTCLASS: flag('udp6'),
  IPV6_TCLASS: number('udp6', 0xb8),
  IPV6_TRANSPARENT: flag('new tcp6', admin),
  IPV6_UNICAST_HOPS: number('udp6', 33),
  IPV6_V6ONLY: flag('new tcp6'),
  SO_ACCEPTCONN: { on: 'listening', reads: true },
  SO_COOKIE: { on: 'tcp', reads: (value) => value > 0n },
  SO_DOMAIN: { on: 'tcp', reads: constant('AF_INET') },
  SO_ERROR: { on: 'tcp', reads: 0 },
  SO_INCOMING_NAPI_ID: { on: 'tcp', reads: atLeast(0) },
  SO_PEERCRED: {
    on: 'unix',
    reads: ({ pid, uid, gid }) =>
      pid === process.pid && uid === process.geteuid?.() && gid === process.getegid?.(),
  },
  SO_PROTOCOL: { on: 'tcp', reads: constant('IPPROTO_TCP') },
  SO_TYPE: { on: 'udp', reads: constant('SOCK_DGRAM') },
  TCP_INFO: { on: 'tcp', reads: ({ state }) => state === 'ESTABLISHED' },
  IP_MTU: { on: 'udp', reads: atLeast(1500) },
  SO_ATTACH_FILTER: { on: 'udp', set: take(true) },
  SO_ATTACH_REUSEPORT_CBPF: { on: 'new udp', set: take(true), first: 'SO_REUSEPORT' },
  SO_DETACH_FILTER: { on: 'udp', set: true, first: 'SO_ATTACH_FILTER' },
  SO_RCVBUFFORCE: number('udp', 10 * 2 ** 20, admin),
  SO_SNDBUFFORCE: number('udp', 10 * 2 ** 20, admin),
};

function isThere(name: SocketOptionName): boolean {
  const { linuxOnly, otherName = '' } = TABLE[name];
  const defined = constants[name] !== undefined || constants[otherName] !== undefined;
  return defined && (isLinux || linuxOnly !== true);
}

describe('every name of the table', () => {
  it.each(NAMES.filter(isThere))('%s is set, read back, or refused as it may be', (name) => {
    const trial = TRIALS[name] as Trial<unknown>;
    const fd = KINDS[trial.on](opened);
    if (trial.first !== undefined) setByName(fd, trial.first, TRIALS[trial.first].set);
    const { reading, setting } = TABLE[name];
    try {
      if (setting !== undefined) setByName(fd, name, trial.set);
      if (reading === undefined) return;
      const value = getByName(fd, name);
      const { reads = trial.set } = trial;
      if (typeof reads === 'function') expect(reads(value)).toBe(true);
      else expect(value).toEqual(reads);
    } catch (error) {
      const { code } = error as { code?: string };
      if (!(trial.mayBe ?? []).includes(code ?? '')) throw error;
      expect((error as Error).message).toContain(`The option is ${name}`);
    }
  });

  const missing = NAMES.filter((name) => !isThere(name));
  it('that the system lacks says so', () => {
    if (isLinux) expect(missing).toEqual(['SO_REUSEPORT_LB', 'TCP_NOPUSH']);
    for (const name of missing) {
      const fd = KINDS[TRIALS[name].on](opened);
      const { reading, setting } = TABLE[name];
      const code = 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM';
      const { set } = TRIALS[name] as Trial<unknown>;
      const error = { code, message: expect.stringContaining(name) };
      if (setting !== undefined)
        expect(thrownBy(() => setByName(fd, name, set))).toMatchObject(error);
      if (reading !== undefined) expect(thrownBy(() => getByName(fd, name))).toMatchObject(error);
    }
  });
});

describe('what the kernel has is what was set', () => {
  const ask = (fd: number, level: string, name: string, bytes: number) => {
    const into = new Uint8Array(bytes);
    expect(raw.getsockopt(fd, constant(level), constant(name), into)).toBe(bytes);
    return into;
  };

  it('for a struct, and for a number above 2^31', () => {
    const fd = KINDS.tcp(opened);
    setByName(fd, 'SO_LINGER', 7);
    expect(new Int32Array(ask(fd, 'SOL_SOCKET', 'SO_LINGER', 8).buffer)).toEqual(
      Int32Array.of(1, 7),
    );
    setByName(fd, 'SO_LINGER', false);
    expect(new Int32Array(ask(fd, 'SOL_SOCKET', 'SO_LINGER', 8).buffer)[0]).toBe(0);
    expect(getByName(fd, 'SO_LINGER')).toBe(false);
    if (!isLinux) return;
    setByName(fd, 'TCP_NOTSENT_LOWAT', 2 ** 32 - 5);
    const [word] = new Uint32Array(ask(fd, 'IPPROTO_TCP', 'TCP_NOTSENT_LOWAT', 4).buffer);
    expect(word).toBe(2 ** 32 - 5);
  });

  it('for flags that are taken back', () => {
    const fd = KINDS.tcp(opened);
    for (const on of [true, false]) {
      setByName(fd, 'SO_KEEPALIVE', on);
      expect(raw.getsockopt(fd, constant('SOL_SOCKET'), constant('SO_KEEPALIVE')) !== 0).toBe(on);
      expect(getByName(fd, 'SO_KEEPALIVE')).toBe(on);
    }
  });

  it.runIf(isLinux)('for a device that it is bound to no longer', () => {
    const fd = KINDS['new udp'](opened);
    setByName(fd, 'SO_BINDTODEVICE', 'lo');
    expect(getByName(fd, 'SO_BINDTOIFINDEX')).toBe(lo);
    try {
      setByName(fd, 'SO_BINDTODEVICE', '');
    } catch (error) {
      // To take it back needs CAP_NET_RAW.
      expect(error).toMatchObject({ code: 'EPERM' });
      return;
    }
    expect(getByName(fd, 'SO_BINDTODEVICE')).toBe('');
  });
});
