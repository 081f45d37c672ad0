// The values of the options of IPv4 and IPv6, by name. See ip(7), ipv6(7).

/** Options of IPv4: level IPPROTO_IP. */
export interface IpValues {
  /** A port is chosen as it connects, not as it is bound. Linux. */
  IP_BIND_ADDRESS_NO_PORT: boolean;
  /** An address may be bound that no interface has (yet). Linux. */
  IP_FREEBIND: boolean;
  /** Packets with a lower time to live are dropped: 0 to 255. Linux. */
  IP_MINTTL: number;
  /** Whether packets may be cut: one of IP_PMTUDISC_*. Linux. */
  IP_MTU_DISCOVER: number;
  /** Datagrams of groups that other sockets joined are received as well. Linux. */
  IP_MULTICAST_ALL: boolean;
  /** The address of the interface that multicasts leave by; '0.0.0.0' is the kernel's choice. */
  IP_MULTICAST_IF: string;
  /** Own multicasts come back. */
  IP_MULTICAST_LOOP: boolean;
  /** Time to live of multicasts: 0 to 255; -1 is 1. */
  IP_MULTICAST_TTL: number;
  /** Which address and interface it came to comes with each datagram. */
  IP_PKTINFO: boolean;
  /** Errors are queued, with the address that they are about. Linux. */
  IP_RECVERR: boolean;
  /** The address that it was sent to first comes with each datagram. Linux. */
  IP_RECVORIGDSTADDR: boolean;
  /** The type of service comes with each datagram. */
  IP_RECVTOS: boolean;
  /** The time to live comes with each datagram. */
  IP_RECVTTL: boolean;
  /** Type of service, 0 to 255: DSCP, and ECN in the lowest two bits. */
  IP_TOS: number;
  /** Addresses of others may be bound, for a proxy. Needs CAP_NET_ADMIN. Linux. */
  IP_TRANSPARENT: boolean;
  /** Time to live: 1 to 255; -1 is the system's choice. */
  IP_TTL: number;
}

/** Options of IPv6: level IPPROTO_IPV6. */
export interface Ipv6Values {
  /** Packets are not cut: what is too long fails with EMSGSIZE. */
  IPV6_DONTFRAG: boolean;
  /** As IP_FREEBIND. Linux. */
  IPV6_FREEBIND: boolean;
  /** The largest packet in bytes, 1280 at least; read of a connected socket only. */
  IPV6_MTU: number;
  /** As IP_MTU_DISCOVER. */
  IPV6_MTU_DISCOVER: number;
  /** Hop limit of multicasts: 0 to 255; -1 is 1. */
  IPV6_MULTICAST_HOPS: number;
  /** The index of the interface that multicasts leave by; 0 is the kernel's choice. */
  IPV6_MULTICAST_IF: number;
  /** Own multicasts come back. */
  IPV6_MULTICAST_LOOP: boolean;
  /** As IP_RECVERR. Linux. */
  IPV6_RECVERR: boolean;
  /** As IP_RECVTTL. */
  IPV6_RECVHOPLIMIT: boolean;
  /** As IP_PKTINFO. */
  IPV6_RECVPKTINFO: boolean;
  /** As IP_RECVTOS. */
  IPV6_RECVTCLASS: boolean;
  /** As IP_TOS; -1 is 0. */
  IPV6_TCLASS: number;
  /** As IP_TRANSPARENT. Linux. */
  IPV6_TRANSPARENT: boolean;
  /** Hop limit: 0 to 255; -1 is the system's choice. */
  IPV6_UNICAST_HOPS: number;
  /** '::' takes IPv6 alone: set by `ipv6Only`. */
  IPV6_V6ONLY: boolean;
}
