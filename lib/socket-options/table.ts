// The table of socket options: what each name's value is, and how it is set and read. The
// numbers are the system's: one that it does not define, it lacks. What each means:
// values*.ts, docs/socket-options.md.
import { flag, integer, order, word } from './codec.js';
import { credentials, filter, ipv4, linger, long, name } from './codecs.js';
import { byFilterCall, type Row, type Rows, readOnly, rowsOf, setOnly } from './rows.js';
import { tcpInfo } from './tcp-info.js';
import type {
  AllSocketOptions,
  ReadOnlySocketOptions,
  SocketOptionName,
  WriteOnlySocketOptions,
} from './values.js';
import type { IpValues, Ipv6Values } from './values-ip.js';
import type { SocketLevelValues } from './values-socket.js';
import type { TcpValues, UdpValues } from './values-tcp.js';

const SOCKET = 'SOL_SOCKET';
const TCP = 'IPPROTO_TCP';
const socket = rowsOf(SOCKET);
const tcp = rowsOf(TCP);
const udp = rowsOf('IPPROTO_UDP');
const ip = rowsOf('IPPROTO_IP');
const ipv6 = rowsOf('IPPROTO_IPV6');

const bytesOrCount = integer(0);
const byte = integer(0, 255);
/** -1 is the system's choice. */
const byteOrDefault = integer(-1, 255);
const needsAdmin = { needs: 'CAP_NET_ADMIN' } as const;

const SOCKET_LEVEL: Rows<SocketLevelValues> = {
  SO_BINDTODEVICE: socket(name),
  SO_BINDTOIFINDEX: socket(integer(0)),
  SO_BROADCAST: socket(flag),
  SO_BUSY_POLL: socket(integer(0)),
  SO_DONTROUTE: socket(flag),
  SO_INCOMING_CPU: socket(integer(-1)),
  SO_KEEPALIVE: socket(flag),
  SO_LINGER: socket(linger, { otherName: 'SO_LINGER_SEC' }),
  SO_LOCK_FILTER: socket(flag),
  SO_MARK: socket(word, needsAdmin),
  SO_MAX_PACING_RATE: socket(word),
  SO_OOBINLINE: socket(flag),
  SO_PASSCRED: socket(flag),
  SO_PEEK_OFF: socket(integer(-1)),
  SO_PREFER_BUSY_POLL: socket(flag, needsAdmin),
  SO_PRIORITY: socket(integer(0)),
  SO_RCVBUF: socket(bytesOrCount),
  SO_RCVLOWAT: socket(integer(1)),
  SO_REUSEADDR: socket(flag),
  SO_REUSEPORT: socket(flag),
  SO_REUSEPORT_LB: socket(flag),
  SO_RXQ_OVFL: socket(flag),
  SO_SNDBUF: socket(bytesOrCount),
  SO_TIMESTAMP: socket(flag),
  SO_TIMESTAMPNS: socket(flag),
};

const TCP_LEVEL: Rows<TcpValues> = {
  TCP_CONGESTION: tcp(name),
  TCP_CORK: tcp(flag),
  TCP_DEFER_ACCEPT: tcp(integer(0)),
  TCP_FASTOPEN: tcp(bytesOrCount),
  TCP_FASTOPEN_CONNECT: tcp(flag),
  TCP_FASTOPEN_NO_COOKIE: tcp(flag),
  TCP_KEEPCNT: tcp(integer(1, 127)),
  TCP_KEEPIDLE: tcp(integer(1, 32767), { otherName: 'TCP_KEEPALIVE' }),
  TCP_KEEPINTVL: tcp(integer(1, 32767)),
  TCP_LINGER2: tcp(integer(-1)),
  TCP_MAXSEG: tcp(integer(0, 65535)),
  TCP_NODELAY: tcp(flag),
  TCP_NOPUSH: tcp(flag),
  TCP_NOTSENT_LOWAT: tcp(word),
  TCP_QUICKACK: tcp(flag),
  TCP_SAVE_SYN: tcp(integer(0, 2)),
  TCP_SYNCNT: tcp(integer(1, 127)),
  TCP_TX_DELAY: tcp(integer(0)),
  TCP_USER_TIMEOUT: tcp(integer(0)),
  TCP_WINDOW_CLAMP: tcp(integer(0)),
};

const UDP_LEVEL: Rows<UdpValues> = {
  UDP_CORK: udp(flag),
  UDP_GRO: udp(flag),
  UDP_SEGMENT: udp(integer(0, 65535)),
};

const IP_LEVEL: Rows<IpValues> = {
  IP_BIND_ADDRESS_NO_PORT: ip(flag),
  IP_FREEBIND: ip(flag),
  IP_MINTTL: ip(byte),
  IP_MTU_DISCOVER: ip(integer(0, 5)),
  IP_MULTICAST_ALL: ip(flag),
  IP_MULTICAST_IF: ip(ipv4),
  IP_MULTICAST_LOOP: ip(flag),
  IP_MULTICAST_TTL: ip(byteOrDefault),
  IP_PKTINFO: ip(flag),
  IP_RECVERR: ip(flag),
  IP_RECVORIGDSTADDR: ip(flag),
  IP_RECVTOS: ip(flag),
  IP_RECVTTL: ip(flag),
  IP_TOS: ip(byte),
  IP_TRANSPARENT: ip(flag, needsAdmin),
  IP_TTL: ip(byteOrDefault),
};

const IPV6_LEVEL: Rows<Ipv6Values> = {
  IPV6_DONTFRAG: ipv6(flag),
  IPV6_FREEBIND: ipv6(flag),
  IPV6_MTU: ipv6(integer(0)),
  IPV6_MTU_DISCOVER: ipv6(integer(0, 5)),
  IPV6_MULTICAST_HOPS: ipv6(byteOrDefault),
  IPV6_MULTICAST_IF: ipv6(integer(0)),
  IPV6_MULTICAST_LOOP: ipv6(flag),
  IPV6_RECVERR: ipv6(flag),
  IPV6_RECVHOPLIMIT: ipv6(flag),
  IPV6_RECVPKTINFO: ipv6(flag),
  IPV6_RECVTCLASS: ipv6(flag),
  IPV6_TCLASS: ipv6(byteOrDefault),
  IPV6_TRANSPARENT: ipv6(flag, needsAdmin),
  IPV6_UNICAST_HOPS: ipv6(byteOrDefault),
  IPV6_V6ONLY: ipv6(flag),
};

const READ_ONLY: Rows<ReadOnlySocketOptions> = {
  SO_ACCEPTCONN: readOnly(SOCKET, flag),
  SO_COOKIE: readOnly(SOCKET, long),
  SO_DOMAIN: readOnly(SOCKET, integer(0)),
  SO_ERROR: readOnly(SOCKET, integer(0), { readOnce: true }),
  SO_INCOMING_NAPI_ID: readOnly(SOCKET, integer(0)),
  SO_PEERCRED: readOnly(SOCKET, credentials, { linuxOnly: true }),
  SO_PROTOCOL: readOnly(SOCKET, integer(0)),
  SO_TYPE: readOnly(SOCKET, integer(0)),
  TCP_INFO: readOnly(TCP, tcpInfo, { linuxOnly: true }),
  IP_MTU: readOnly('IPPROTO_IP', integer(0)),
};

const SET_ONLY: Rows<WriteOnlySocketOptions> = {
  SO_ATTACH_FILTER: setOnly(SOCKET, filter, byFilterCall),
  SO_ATTACH_REUSEPORT_CBPF: setOnly(SOCKET, filter, byFilterCall),
  SO_DETACH_FILTER: setOnly(SOCKET, order),
  SO_RCVBUFFORCE: setOnly(SOCKET, bytesOrCount, needsAdmin),
  SO_SNDBUFFORCE: setOnly(SOCKET, bytesOrCount, needsAdmin),
};

/** Every option that has a name here. */
export const TABLE: Rows<AllSocketOptions> = {
  ...SOCKET_LEVEL,
  ...TCP_LEVEL,
  ...UDP_LEVEL,
  ...IP_LEVEL,
  ...IPV6_LEVEL,
  ...READ_ONLY,
  ...SET_ONLY,
};

/** All names, in the order of the table. */
export const NAMES = Object.keys(TABLE) as readonly SocketOptionName[];

/** The row of a name; undefined where there is none. */
export function rowOf(option: string): Row | undefined {
  return Object.hasOwn(TABLE, option) ? TABLE[option as SocketOptionName] : undefined;
}
