// What native/calls/messages.cc and message_batches.cc export: messages with an address or
// ancillary data.
import type { Address } from './address.js';
import type { Bytes } from './descriptors.js';

/** Who sent a message: what SO_PASSCRED asks for. See unix(7). */
export interface Credentials {
  /** The process, as the receiver's namespace numbers it; 0: not of that namespace. */
  pid: number;
  /** The user, 0 to 2^32-1. */
  uid: number;
  /** The group, 0 to 2^32-1. */
  gid: number;
}

/** Where a packet came to. See ip(7), ipv6(7). */
export interface PacketInfo {
  /** 'ipv4' or 'ipv6'. */
  family: 'ipv4' | 'ipv6';
  /** What the packet was addressed to: an address of this host, or of a group. */
  address: string;
  /** The address that an answer may leave from; all zero: the kernel chooses. */
  local: string;
  /** The number of the interface. */
  interface: number;
}

/** A record of ancillary data as it is. See cmsg(3). */
export interface AncillaryRecord {
  /** SOL_SOCKET, IPPROTO_IP, ... */
  level: number;
  /** SCM_*, or the number of an option of that level. */
  type: number;
  /** What follows the record's head, in the machine's byte order. */
  data: Bytes;
}

/** What goes along with a message. */
export interface Ancillary {
  /** At most 253 descriptors, which stay the sender's. Unix sockets. */
  fds?: readonly number[] | undefined;
  /** Who sends; the kernel lets only the privileged name another. Unix sockets of Linux. */
  credentials?: Credentials | undefined;
  /**
   * Where the packet is to leave from: the address `local`, the interface of that number, 0
   * being any. What came with a question may be given back with its answer.
   */
  pktinfo?:
    | { readonly local?: string | undefined; readonly interface?: number | undefined }
    | undefined;
  /** TTL, or hop limit, of this packet: 0 to 255. */
  ttl?: number | undefined;
  /** TOS, or traffic class, of this packet: 0 to 255; the lowest two bits are ECN's. */
  tos?: number | undefined;
  /** UDP of Linux: the kernel cuts the bytes into datagrams of this length (UDP_SEGMENT). */
  segmentBytes?: number | undefined;
  /** Other records, at most 64, of at most 65536 bytes each. */
  raw?: readonly AncillaryRecord[] | undefined;
}

/** A message to send. */
export interface MessageToSend {
  /** Sent one after the other as one message; at most 1024. */
  buffers: readonly Bytes[];
  /** Where to, on a socket that is not connected. */
  address?: Address | undefined;
  /** What goes along with it. */
  ancillary?: Ancillary | undefined;
}

/** What a message is received into. */
export interface MessageRoom {
  /** Filled one after the other; at most 1024. */
  buffers: readonly Bytes[];
  /** How many descriptors are taken, 0 to 253. Default 0: those that come are closed. */
  maxFds?: number | undefined;
  /** Memory for records of `raw`, 0 to 65536 bytes; the other fields always have room. */
  controlBytes?: number | undefined;
}

/** What came along with a message. What was not told is undefined. */
export interface ReceivedAncillary {
  /** Descriptors, close-on-exec, the caller's to close by `close`. */
  fds: number[];
  /** Who sent it (SO_PASSCRED). */
  credentials: Credentials | undefined;
  /** The sender's process (SO_PASSPIDFD): a descriptor as those of `fds`. */
  pidfd: number | undefined;
  /** Where it came to (IP_PKTINFO, IPV6_RECVPKTINFO; IP_RECVDSTADDR on FreeBSD). */
  pktinfo: PacketInfo | undefined;
  /** When it came: ns since 1970 (SO_TIMESTAMPNS, SO_TIMESTAMP). */
  timestamp: bigint | undefined;
  /** Its TTL, or hop limit (IP_RECVTTL, IPV6_RECVHOPLIMIT). */
  ttl: number | undefined;
  /** Its TOS, or traffic class (IP_RECVTOS, IPV6_RECVTCLASS). */
  tos: number | undefined;
  /** The length of each of the datagrams that UDP_GRO joined. */
  segmentBytes: number | undefined;
  /** Descriptors or records did not fit and are gone: closed, not lost in the process. */
  truncated: boolean;
  /** Records that are none of the above. */
  raw: (AncillaryRecord & { data: Uint8Array })[];
}

/** A message that came. */
export interface ReceivedMessage {
  /** How many bytes; with MSG_TRUNC among the call's flags perhaps more than fitted. */
  bytes: number;
  /** Who sent it; undefined: one without a name, or the peer of a stream. */
  address: Address | undefined;
  /** MSG_* bits: MSG_TRUNC when bytes did not fit, MSG_EOR, MSG_ERRQUEUE, ... */
  flags: number;
  /** What came along with it. */
  ancillary: ReceivedAncillary;
}

/** `lib/raw` documents each. */
export interface MessageCalls {
  sendto(
    fd: number,
    buffer: Bytes,
    offset?: number,
    length?: number,
    flags?: number,
    address?: Address | null,
  ): number;
  recvfrom(
    fd: number,
    buffer: Bytes,
    offset?: number,
    length?: number,
    flags?: number,
  ): { bytes: number; address: Address | undefined } | number;
  sendmsg(fd: number, message: MessageToSend, flags?: number): number;
  recvmsg(fd: number, message: MessageRoom, flags?: number): ReceivedMessage | number;
  sendmmsg(fd: number, messages: readonly MessageToSend[], flags?: number): number[] | number;
  recvmmsg(
    fd: number,
    messages: readonly MessageRoom[],
    flags?: number,
  ): ReceivedMessage[] | number;
}
