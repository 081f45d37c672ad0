// Socket addresses as native/calls/address.cc reads and makes them.

/** A socket address; see ip(7), ipv6(7) and unix(7). */
export type Address = IpAddress | UnixAddress | Uint8Array;

/** An address of TCP or UDP. */
export interface IpAddress {
  /** 'ipv4' or 'ipv6'. */
  family: 'ipv4' | 'ipv6';
  /** Dotted or colon notation; a zone may follow: `fe80::1%eth0`. */
  address: string;
  /** 0 to 65535. */
  port: number;
  /**
   * IPv6: the number of the interface to which a link-local address belongs. There when it is
   * not 0; given beside a zone, it has to be the same.
   */
  scopeId?: number;
  /**
   * IPv6: traffic class and flow label, 28 bits: class << 20 | label. There when it is not 0.
   * The kernel looks at it where IPV6_FLOWINFO_SEND is set.
   */
  flowInfo?: number;
}

/** The place of a Unix socket. */
export interface UnixAddress {
  /** 'unix'. */
  family: 'unix';
  /** At most 107 bytes; a leading NUL: the abstract namespace (Linux); '': no name. */
  path: string;
}
