// What TCP_INFO tells, as an object with units in its names. See tcp(7), and struct tcp_info of
// linux/tcp.h.

/** The state of a TCP connection, as the kernel names it; 'UNKNOWN' is one that is newer. */
export type TcpState =
  | 'UNKNOWN'
  | 'ESTABLISHED'
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'FIN_WAIT1'
  | 'FIN_WAIT2'
  | 'TIME_WAIT'
  | 'CLOSE'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'LISTEN'
  | 'CLOSING'
  | 'NEW_SYN_RECV';

/** What its control of congestion makes of the last losses. */
export type TcpCongestionState = 'unknown' | 'open' | 'disorder' | 'cwr' | 'recovery' | 'loss';

/** What both sides agreed on; 'synData': data in the first packet was taken (fast open). */
export type TcpFeature =
  | 'timestamps'
  | 'sack'
  | 'windowScale'
  | 'ecn'
  | 'ecnSeen'
  | 'synData'
  | 'microsecondTimestamps'
  | 'fastOpenChild';

/**
 * What the kernel knows of a TCP connection: `TCP_INFO`. Counts are of segments where no unit is
 * named. The members that may be missing came with Linux 3.15 and later.
 */
export interface TcpInfo {
  /** Such as 'ESTABLISHED'. */
  readonly state: TcpState;
  /** 'open' where nothing is lost. */
  readonly congestionState: TcpCongestionState;
  /** How often the first segment that is not acknowledged was sent again. */
  readonly retransmits: number;
  /** Probes without an answer, of keep-alive or of a window that is shut. */
  readonly probes: number;
  /** How often the timeout has been doubled. */
  readonly backoff: number;
  /** What both sides agreed on. */
  readonly features: readonly TcpFeature[];
  /** Bits by which the peer's window is shifted. */
  readonly sndWindowScale: number;
  /** Bits by which ours is. */
  readonly rcvWindowScale: number;
  /** When what is not acknowledged is sent again. */
  readonly retransmitTimeoutUs: number;
  /** When an acknowledgement that is put off is sent. */
  readonly ackTimeoutUs: number;
  /** Bytes of the largest segment that is sent. */
  readonly sndMssBytes: number;
  /** Bytes of the largest segment that is expected. */
  readonly rcvMssBytes: number;
  /** Sent and not acknowledged; of a listening socket, connections that wait to be accepted. */
  readonly unacked: number;
  /** Acknowledged out of order; of a listening socket, how many connections may wait. */
  readonly sacked: number;
  /** Taken to be lost. */
  readonly lost: number;
  /** Sent again and not acknowledged. */
  readonly retransmitted: number;
  /** Since data was sent. */
  readonly lastDataSentMs: number;
  /** Since data was received. */
  readonly lastDataReceivedMs: number;
  /** Since an acknowledgement was received. */
  readonly lastAckReceivedMs: number;
  /** Bytes of the largest packet on the way to the peer. */
  readonly pathMtuBytes: number;
  /** Bytes up to which our window grows fast. */
  readonly rcvSlowStartThresholdBytes: number;
  /** Round trip, smoothed. */
  readonly rttUs: number;
  /** How far round trips lie apart. */
  readonly rttVarUs: number;
  /** The congestion window up to which it grows fast; 2^31-1 at first. */
  readonly sndSlowStartThreshold: number;
  /** The congestion window: how many may be on their way. */
  readonly sndCwnd: number;
  /** Bytes of the largest segment that we said we take. */
  readonly advertisedMssBytes: number;
  /** By how many places segments may be out of order before they are taken to be lost. */
  readonly reordering: number;
  /** Round trip as the receiver sees it; 0 is not known. */
  readonly rcvRttUs: number;
  /** Bytes of the receive buffer that its tuning aims at. */
  readonly rcvSpaceBytes: number;
  /** All that were ever sent again. */
  readonly totalRetransmitted: number;
  /** Rate at which segments leave; Infinity without a limit. */
  readonly pacingBytesPerSecond?: number;
  /** SO_MAX_PACING_RATE; Infinity without a limit. */
  readonly maxPacingBytesPerSecond?: number;
  /** That the peer acknowledged. */
  readonly bytesAcked?: number;
  /** That came from the peer, in order. */
  readonly bytesReceived?: number;
  /** Sent, with those without data. */
  readonly segmentsOut?: number;
  /** Received, with those without data. */
  readonly segmentsIn?: number;
  /** In the send buffer and not sent yet. */
  readonly notSentBytes?: number;
  /** The shortest round trip of late. */
  readonly minRttUs?: number;
  /** Received with data. */
  readonly dataSegmentsIn?: number;
  /** Sent with data. */
  readonly dataSegmentsOut?: number;
  /** Rate at which data arrived at the peer of late. */
  readonly deliveryBytesPerSecond?: number;
  /** For how long there was data to send. */
  readonly busyUs?: number;
  /** Of that: while the peer's window was shut. */
  readonly receiverLimitedUs?: number;
  /** Of that: while the send buffer was too small. */
  readonly sendBufferLimitedUs?: number;
  /** That arrived at the peer. */
  readonly delivered?: number;
  /** Of these: with a mark of congestion. */
  readonly deliveredCongested?: number;
  /** With those sent again. */
  readonly bytesSent?: number;
  /** Sent again. */
  readonly bytesRetransmitted?: number;
  /** That the peer got twice, as it says. */
  readonly duplicatesSeen?: number;
  /** How often segments were found to be out of order. */
  readonly reorderingSeen?: number;
  /** Packets that came out of order. */
  readonly rcvOutOfOrder?: number;
  /** The window that the peer offers. */
  readonly sndWindowBytes?: number;
  /** The window that we offer. */
  readonly rcvWindowBytes?: number;
  /** How often another way through the network was tried. */
  readonly rehashes?: number;
}
