// The words that TypeScript and C++ share where datagrams move: who sent or is to get one,
// what came, what is to be sent. Their other half is native/datagram/layout.h;
// test/datagram/layout.test.ts compares the two by `native.datagramLayout()`. All are 32 bits, but for TIMESTAMP_NS.

/** An address as the kernel has it: its size in bytes, then as many. */
export const PEER_WORDS = 32;
export const PEER_SIZE = 0;
export const PEER_NAME = 1;

/** What comes beside a datagram, or goes with one. */
export const ANCILLARY_WORDS = 22;
/** Bits of Known: which of the others are there. */
export const KNOWN = 0;
export const TTL = 1;
export const TOS = 2;
export const SEGMENT_BYTES = 3;
/** Of 64 bits. */
export const TIMESTAMP_NS = 4;
export const INTERFACE = 6;
/** 4, 6 or 0: none. */
export const LOCAL_FAMILY = 7;
/** Our address: four words, as they stand on the wire. */
export const LOCAL = 8;
/** The same of what the packet says: a group's, perhaps. */
export const DESTINATION = 12;
export const PID = 16;
export const UID = 17;
export const GID = 18;
/** How many. */
export const DESCRIPTORS = 19;
/** Of one that was sent by itself: the errno of an earlier one that was told meanwhile. */
export const EARLIER_OF_ONE = 20;
/** In one message. */
export const MAX_DESCRIPTORS = 253;

/** What came: words of a datagram, or of an error. */
export const ARRIVAL_WORDS = 60;
export const ARRIVAL_OFFSET = 0;
export const ARRIVAL_LENGTH = 1;
/** Bits of Flag. */
export const ARRIVAL_FLAGS = 2;
export const ARRIVAL_ERROR = 3;
export const ARRIVAL_ANCILLARY = 4;
export const ARRIVAL_FROM = 26;

/** What is to be sent: words of a datagram. Those of one socket are a chain. */
export const DEPARTURE_WORDS = 10;
/** -1: not the head of a chain. */
export const DEPARTURE_FD = 0;
export const DEPARTURE_SLOT = 1;
export const DEPARTURE_GENERATION = 2;
/** Index of the next of the chain, 0: none. */
export const DEPARTURE_NEXT = 3;
/** Index of the peer, -1: where the socket is connected to. */
export const DEPARTURE_PEER = 4;
export const DEPARTURE_OFFSET = 5;
export const DEPARTURE_LENGTH = 6;
/** Bytes sent, -errno, or NOT_SENT. */
export const DEPARTURE_RESULT = 7;
/** The errno of an earlier datagram that was told here, 0: none. */
export const DEPARTURE_EARLIER = 8;
/** The result of one that had to wait behind another of its socket. */
export const NOT_SENT = -(2 ** 31);

/** What is known of a datagram beside its bytes. */
export const Known = {
  TTL: 1,
  TOS: 2,
  SEGMENT: 4,
  TIMESTAMP: 8,
  LOCAL: 16,
  CREDENTIALS: 32,
  DESCRIPTORS: 64,
} as const;

/** What an arrival is. */
export const Flag = {
  /** The datagram was longer. */
  TRUNCATED: 1,
  /** What came beside it was more. */
  CONTROL_CUT: 2,
  /** No datagram: an error, of one that was sent before. */
  IS_ERROR: 4,
  /** Of the error queue, which says whom it was sent to. */
  FROM_QUEUE: 8,
} as const;

/** How a slot's datagrams are read: bits beside Transfer.DATAGRAM. */
export const Mode = {
  WITH_ANCILLARY: 16,
  HAS_ERROR_QUEUE: 32,
  /** Paused. */
  ERRORS_ONLY: 64,
  /** Of a Unix socket. */
  TAKES_DESCRIPTORS: 128,
} as const;

/** Above this bit: the longest datagram that is taken whole, in UNIT_BYTES. */
export const UNITS_SHIFT = 16;
export const UNIT_BYTES = 64;
