// Decodes TCP_INFO of Linux. The kernel's struct has grown at its end: what an older kernel
// does not fill is left out. See struct tcp_info of linux/tcp.h.
import type { Reading } from './codec.js';
import type { TcpCongestionState, TcpFeature, TcpInfo, TcpState } from './values-tcp-info.js';

/** By number. */
const STATES: readonly TcpState[] = [
  'UNKNOWN',
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
  'NEW_SYN_RECV',
];
const CONGESTION: readonly TcpCongestionState[] = ['open', 'disorder', 'cwr', 'recovery', 'loss'];
/** By bit. */
const FEATURES: readonly TcpFeature[] = [
  'timestamps',
  'sack',
  'windowScale',
  'ecn',
  'ecnSeen',
  'synData',
  'microsecondTimestamps',
  'fastOpenChild',
];

type NumberName = { [K in keyof TcpInfo]-?: number extends TcpInfo[K] ? K : never }[keyof TcpInfo];

/** Where the words of 32 bits lie, in bytes. */
const WORDS: Partial<Record<NumberName, number>> = {
  retransmitTimeoutUs: 8,
  ackTimeoutUs: 12,
  sndMssBytes: 16,
  rcvMssBytes: 20,
  unacked: 24,
  sacked: 28,
  lost: 32,
  retransmitted: 36,
  lastDataSentMs: 44,
  lastDataReceivedMs: 52,
  lastAckReceivedMs: 56,
  pathMtuBytes: 60,
  rcvSlowStartThresholdBytes: 64,
  rttUs: 68,
  rttVarUs: 72,
  sndSlowStartThreshold: 76,
  sndCwnd: 80,
  advertisedMssBytes: 84,
  reordering: 88,
  rcvRttUs: 92,
  rcvSpaceBytes: 96,
  totalRetransmitted: 100,
  segmentsOut: 136,
  segmentsIn: 140,
  notSentBytes: 144,
  minRttUs: 148,
  dataSegmentsIn: 152,
  dataSegmentsOut: 156,
  delivered: 192,
  deliveredCongested: 196,
  duplicatesSeen: 216,
  reorderingSeen: 220,
  rcvOutOfOrder: 224,
  sndWindowBytes: 228,
  rcvWindowBytes: 232,
  rehashes: 236,
};
/** Those of 64. */
const LONG_WORDS: Partial<Record<NumberName, number>> = {
  pacingBytesPerSecond: 104,
  maxPacingBytesPerSecond: 112,
  bytesAcked: 120,
  bytesReceived: 128,
  deliveryBytesPerSecond: 160,
  busyUs: 168,
  receiverLimitedUs: 176,
  sendBufferLimitedUs: 184,
  bytesSent: 200,
  bytesRetransmitted: 208,
};
/** What every kernel fills, as far as it is known; 0 where one does not. */
const FIRST_LENGTH = 104;
/** A rate without a limit is all ones. */
const UNLIMITED = 2n ** 64n - 1n;

/** More than any kernel fills. */
const bytes = new Uint8Array(512);
const words = new Uint32Array(bytes.buffer);
const longWords = new BigUint64Array(bytes.buffer);
/** Two fields of four bits share a byte: the first is the low one, but on big-endian processors. */
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

const byteAt = (offset: number): number => bytes[offset] as number;

function longAt(offset: number): number {
  const value = longWords[offset / 8] as bigint;
  return value === UNLIMITED ? Number.POSITIVE_INFINITY : Number(value);
}

function decode(length: number): TcpInfo {
  // What is behind it is of an earlier answer.
  bytes.fill(0, length);
  const filled = Math.max(length, FIRST_LENGTH);
  const [low, high] = [byteAt(6) & 15, byteAt(6) >> 4];
  const info: Record<string, unknown> = {
    state: STATES[byteAt(0)] ?? 'UNKNOWN',
    congestionState: CONGESTION[byteAt(1)] ?? 'unknown',
    retransmits: byteAt(2),
    probes: byteAt(3),
    backoff: byteAt(4),
    features: FEATURES.filter((_, bit) => (byteAt(5) & (1 << bit)) !== 0),
    sndWindowScale: isLittleEndian ? low : high,
    rcvWindowScale: isLittleEndian ? high : low,
  };
  for (const [name, offset] of Object.entries(WORDS)) {
    if (offset + 4 <= filled) info[name] = words[offset / 4];
  }
  for (const [name, offset] of Object.entries(LONG_WORDS)) {
    if (offset + 8 <= filled) info[name] = longAt(offset);
  }
  return info as unknown as TcpInfo;
}

/** The value of TCP_INFO. */
export const tcpInfo: Reading<TcpInfo> = { bytes, decode };
