// Socket addresses as native/calls/address.cc reads and makes them.

/** A socket address; see ip(7), ipv6(7) and unix(7). */
export type Address = IpAddress | UnixAddress | Uint8Array;

export interface IpAddress {
  family: 'ipv4' | 'ipv6';
  /** Dotted or colon notation; a zone may follow: `fe80::1%eth0`. */
  address: string;
  /** 0 to 65535. */
  port: number;
}

export interface UnixAddress {
  family: 'unix';
  /** At most 107 bytes; a leading NUL: the abstract namespace (Linux). */
  path: string;
}
