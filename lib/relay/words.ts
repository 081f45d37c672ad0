// The words that TypeScript and C++ share where relays move bytes inside the kernel. Their other half
// is native/stream/relay_words.h; test/loop/layout.test.ts compares the two. All are 32 bits, but for
// the two that are doubles.

/** Of one direction of a relay. */
export const Flow = {
  /** How many there are. */
  WORDS: 14,
  /** A double: bytes read from the source so far. */
  TAKEN: 0,
  /** A double: bytes written to the sink so far. */
  GIVEN: 1,
  SOURCE: 4,
  SINK: 5,
  SINK_SLOT: 6,
  /** With another one the sink is no more. */
  SINK_GENERATION: 7,
  /** Where its pipe is written, -1: it has none. */
  PIPE_IN: 8,
  /** Where it is read. */
  PIPE_OUT: 9,
  /** Bytes in the pipe. */
  PIPED: 10,
  /** Of the last read: bytes, 0: the end, -errno, or NOT_ASKED. */
  SOURCE_RESULT: 11,
  /** 0, or -errno. */
  SINK_RESULT: 12,
  /** The crossing has moved what came, and the last two are yet to be seen to. */
  DUE: 13,
  /** The source was not read. */
  NOT_ASKED: -(2 ** 31),
  /** What the slot of the source has as READ_FD for the first; of the next it is one less. */
  FIRST: -2,
} as const;

/** Of the pipes of a loop that are empty, and of how much is moved at once. */
export const PipeWord = {
  /** How many there are. */
  WORDS: 36,
  /** How many pipes. */
  COUNT: 0,
  /** Of one read at most. */
  LENGTH: 1,
  /** Of one direction's share of a crossing. */
  BUDGET: 2,
  /** The first pipe. */
  SPARE: 4,
  READ_END: 0,
  WRITE_END: 1,
  PIPE_WORDS: 2,
  /** How many have room. */
  SPARES: 16,
} as const;
