// The values of the options of TCP and UDP, by name. See tcp(7), udp(7).

/** Options of TCP: level IPPROTO_TCP. */
export interface TcpValues {
  /** The algorithm that controls congestion, such as 'cubic': at most 15 bytes. */
  TCP_CONGESTION: string;
  /** Nothing but full segments is sent until it is taken off, for 200 ms at most. Linux. */
  TCP_CORK: boolean;
  /**
   * Of a listening socket: seconds for which a connection may wait for its first bytes before it
   * can be accepted. The kernel rounds to its retransmissions: 1 is read as 1, 5 as 7. Linux.
   */
  TCP_DEFER_ACCEPT: number;
  /** Of a listening socket: how many requests with data in their first packet may wait. */
  TCP_FASTOPEN: number;
  /** Connects with the first bytes that are written; see docs/socket-options.md. Linux. */
  TCP_FASTOPEN_CONNECT: boolean;
  /** The same without a cookie. Linux. */
  TCP_FASTOPEN_NO_COOKIE: boolean;
  /** Probes without an answer until the connection is given up: 1 to 127. */
  TCP_KEEPCNT: number;
  /** Seconds without traffic before the first probe: 1 to 32767. */
  TCP_KEEPIDLE: number;
  /** Seconds between probes: 1 to 32767. */
  TCP_KEEPINTVL: number;
  /** Seconds to wait for the peer's end after ours; -1: none. Linux. */
  TCP_LINGER2: number;
  /** The largest segment, in bytes: 0 is the kernel's choice. */
  TCP_MAXSEG: number;
  /** Small writes go out at once: set by `noDelay`. */
  TCP_NODELAY: boolean;
  /** Nothing but full segments is sent. macOS and the BSDs; see TCP_CORK. */
  TCP_NOPUSH: boolean;
  /** Unsent bytes below which it counts as writable: 0 to 2^32-1, 0 is the system's choice. */
  TCP_NOTSENT_LOWAT: number;
  /** Acknowledges at once. The kernel goes back to its own way by itself. Linux. */
  TCP_QUICKACK: boolean;
  /** Keeps the first packet's headers: 0, 1, or 2 with those of the link. Linux. */
  TCP_SAVE_SYN: number;
  /** Attempts to connect, 1 to 127. Linux. */
  TCP_SYNCNT: number;
  /** Microseconds that each packet is held back. Linux. */
  TCP_TX_DELAY: number;
  /** Milliseconds that sent data may stay without an answer; 0 is the system's choice. Linux. */
  TCP_USER_TIMEOUT: number;
  /** The most bytes of window that the peer is offered; 0 is no limit. Linux. */
  TCP_WINDOW_CLAMP: number;
}

/** Options of UDP: level IPPROTO_UDP. */
export interface UdpValues {
  /** Datagrams are gathered to one until it is taken off. Linux. */
  UDP_CORK: boolean;
  /** The kernel may hand on several datagrams of one size as one. Linux. */
  UDP_GRO: boolean;
  /** Bytes of each datagram that what is sent is cut to: 0 to 65535, 0 is not at all. Linux. */
  UDP_SEGMENT: number;
}
