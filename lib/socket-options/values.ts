// Which value each option has, by name: what the compiler knows of setOption, getOption and
// `socket.options`. The table has to fit: see table.ts.
import type { IpValues, Ipv6Values } from './values-ip.js';
import type { BpfInstruction, SocketCredentials, SocketLevelValues } from './values-socket.js';
import type { TcpValues, UdpValues } from './values-tcp.js';
import type { TcpInfo } from './values-tcp-info.js';

/** Socket options that are set and read, by the kernel's names. See docs/socket-options.md. */
export interface SocketOptionValues
  extends SocketLevelValues,
    TcpValues,
    UdpValues,
    IpValues,
    Ipv6Values {}

/** Socket options that are read only. */
export interface ReadOnlySocketOptions {
  /** Whether it listens. */
  SO_ACCEPTCONN: boolean;
  /** A number that no other socket of this system ever has. Linux. */
  SO_COOKIE: bigint;
  /** AF_*. Linux, FreeBSD. */
  SO_DOMAIN: number;
  /** The errno that waits, positive, or 0. To read it clears it: it is the loop's to tell. */
  SO_ERROR: number;
  /** The queue of the device that its packets came by; 0 is not known. Linux. */
  SO_INCOMING_NAPI_ID: number;
  /** Who connected or listened at the other end of a Unix socket. Linux. */
  SO_PEERCRED: SocketCredentials;
  /** IPPROTO_*. Linux, FreeBSD. */
  SO_PROTOCOL: number;
  /** SOCK_*. */
  SO_TYPE: number;
  /** What the kernel knows of the connection. Linux. */
  TCP_INFO: TcpInfo;
  /** The largest packet to the peer in bytes; of a connected socket. Linux. */
  IP_MTU: number;
}

/** Socket options that are set only. */
export interface WriteOnlySocketOptions {
  /**
   * A program of classic BPF, 1 to 4096 instructions, that says of each packet how many of its
   * bytes are taken: 0 is none. Of UDP it begins with the header, of TCP as well. Linux.
   */
  SO_ATTACH_FILTER: readonly BpfInstruction[];
  /** The same, that says which socket of a group by SO_REUSEPORT gets it. Linux. */
  SO_ATTACH_REUSEPORT_CBPF: readonly BpfInstruction[];
  /** Takes its filter off: ENOENT without one. Linux. */
  SO_DETACH_FILTER: true;
  /** SO_RCVBUF beyond the system's limit. Needs CAP_NET_ADMIN. Linux. */
  SO_RCVBUFFORCE: number;
  /** SO_SNDBUF beyond the system's limit. Needs CAP_NET_ADMIN. Linux. */
  SO_SNDBUFFORCE: number;
}

/** All of them: each name with its value. */
export interface AllSocketOptions
  extends SocketOptionValues,
    ReadOnlySocketOptions,
    WriteOnlySocketOptions {}

/** The names that there are. */
export type SocketOptionName = keyof AllSocketOptions;
/** The names that `getOption` takes. */
export type ReadableSocketOption = keyof SocketOptionValues | keyof ReadOnlySocketOptions;
/** The names that `setOption` takes. */
export type SettableSocketOption = keyof SocketOptionValues | keyof WriteOnlySocketOptions;

/** `socketOptions` of listen and connect. */
export interface SocketOptionSettings
  extends Partial<SocketOptionValues & WriteOnlySocketOptions> {}

/** `socket.options`: each option a property; one that is set only is undefined when read. */
export interface SocketOptions
  extends SocketOptionValues,
    Readonly<ReadOnlySocketOptions>,
    Partial<WriteOnlySocketOptions> {}

/** When a connection without traffic is asked whether it is still there. */
export interface KeepAliveOptions {
  /** TCP_KEEPIDLE: seconds without traffic before the first probe, 1 to 32767. */
  idleSeconds?: number;
  /** TCP_KEEPINTVL: seconds between probes, 1 to 32767. */
  intervalSeconds?: number;
  /** TCP_KEEPCNT: probes without an answer until it is given up, 1 to 127. */
  probes?: number;
}

/** What `loop.listen` and `loop.connect` take of both. */
export interface InitialOptions {
  /**
   * Socket options by name, set in the object's order before the socket is bound, and connects or
   * listens. Which of them the connections of a server have: docs/socket-options.md.
   */
  socketOptions?: SocketOptionSettings;
  /**
   * Asks a connection without traffic whether it is still there: SO_KEEPALIVE, with the
   * system's times where none are given. TCP alone. Default: the system's, which is false.
   */
  keepAlive?: boolean | KeepAliveOptions;
}
