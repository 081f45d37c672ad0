// The words that TypeScript and C++ share where a relay moves bytes inside the kernel. Their other
// half is native/stream/relay_words.h; test/loop/layout.test.ts compares the two. All are 32 bits.

/** Places in what `native.spliceThrough` takes. */
export const Word = {
  /** How many there are. */
  WORDS: 11,
  SOURCE: 0,
  SINK: 1,
  /** Where the pipe is written. */
  PIPE_IN: 2,
  /** Where it is read. */
  PIPE_OUT: 3,
  /** Bytes in the pipe, before and after. */
  PIPED: 4,
  /** Of one read at most. */
  LENGTH: 5,
  /** Of all reads of the call. */
  BUDGET: 6,
  /** Read from the source. */
  TAKEN: 7,
  /** Written to the sink. */
  GIVEN: 8,
  /** Of the last read: bytes, 0: the end, -errno, or NOT_ASKED. */
  SOURCE_RESULT: 9,
  /** 0, or -errno. */
  SINK_RESULT: 10,
  /** The source was not read. */
  NOT_ASKED: -(2 ** 31),
} as const;
