// The values of the options that sockets of every kind have, by name. See socket(7), unix(7).

/** Options of every socket: level SOL_SOCKET. */
export interface SocketLevelValues {
  /** A device that it is bound to, such as 'eth0': at most 15 bytes; '' is none. Linux. */
  SO_BINDTODEVICE: string;
  /** The same by the index of the interface; 0 is none. Linux. */
  SO_BINDTOIFINDEX: number;
  /** Datagrams may be sent to broadcast addresses. */
  SO_BROADCAST: boolean;
  /** Microseconds to ask the device for packets before a wait; more needs CAP_NET_ADMIN. Linux. */
  SO_BUSY_POLL: number;
  /** Packets go to a host of the network at hand, past the gateway. */
  SO_DONTROUTE: boolean;
  /** The processor that took its packets in; set: which one is to; -1 is none yet. Linux. */
  SO_INCOMING_CPU: number;
  /** Probes are sent on a connection without traffic; see TCP_KEEPIDLE. */
  SO_KEEPALIVE: boolean;
  /**
   * Seconds for which unsent data may outlive close; 0: dropped, and the peer is reset; false:
   * sent behind the program's back. 0 to 65535.
   */
  SO_LINGER: number | false;
  /** Its filter can no longer be replaced or taken off; there is no way back. Linux. */
  SO_LOCK_FILTER: boolean;
  /** A mark for routing and the firewall: 0 to 2^32-1. Needs CAP_NET_ADMIN. Linux. */
  SO_MARK: number;
  /** Bytes a second that it may send: 0 to 2^32-1, which is no limit. Linux. */
  SO_MAX_PACING_RATE: number;
  /** Urgent bytes come with the others. */
  SO_OOBINLINE: boolean;
  /** The sender's process comes with each message. Unix sockets; Linux. */
  SO_PASSCRED: boolean;
  /** Where MSG_PEEK looks; -1: at the front, always. Linux. */
  SO_PEEK_OFF: number;
  /** The device is asked before interrupts are waited for. Needs CAP_NET_ADMIN. Linux. */
  SO_PREFER_BUSY_POLL: boolean;
  /** Of packets in the queues of the device: 0 to 6; more needs CAP_NET_ADMIN. Linux. */
  SO_PRIORITY: number;
  /** Bytes of the receive buffer. Linux doubles what is set, and that is what is read. */
  SO_RCVBUF: number;
  /** Bytes that make it readable: 1 to 2^31-1. */
  SO_RCVLOWAT: number;
  /** An address may be bound while old connections of it linger. */
  SO_REUSEADDR: boolean;
  /** Several sockets may be bound to one address, and share what comes. */
  SO_REUSEPORT: boolean;
  /** The same, balanced. FreeBSD. */
  SO_REUSEPORT_LB: boolean;
  /** The count of datagrams that were dropped comes with each. Linux. */
  SO_RXQ_OVFL: boolean;
  /** Bytes of the send buffer. Linux doubles what is set, and that is what is read. */
  SO_SNDBUF: number;
  /** When it came, in microseconds, comes with each datagram. */
  SO_TIMESTAMP: boolean;
  /** When it came, in nanoseconds, comes with each datagram. Linux. */
  SO_TIMESTAMPNS: boolean;
}

/** Who is at the other end of a Unix socket: of when it was connected. */
export interface SocketCredentials {
  /** The process. */
  readonly pid: number;
  /** Its effective user. */
  readonly uid: number;
  /** Its effective group. */
  readonly gid: number;
}

/** One instruction of classic BPF: struct sock_filter. See the kernel's filter.rst. */
export interface BpfInstruction {
  /** What to do: 0 to 65535. */
  readonly code: number;
  /** How many instructions to skip when a jump's condition holds: 0 to 255. */
  readonly jt: number;
  /** And when it does not: 0 to 255. */
  readonly jf: number;
  /** Its operand: 0 to 2^32-1. */
  readonly k: number;
}
