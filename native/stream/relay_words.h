// The words that C++ and TypeScript share where a relay moves bytes: what one
// call is to do, and what it did. lib/relay/words.ts has the same places; a
// test compares the two by what `native.layout()` says.
#ifndef RAWLOOP_STREAM_RELAY_WORDS_H_
#define RAWLOOP_STREAM_RELAY_WORDS_H_

#include <cstddef>
#include <cstdint>

namespace rawloop {

struct RelayWords {
  int32_t source;
  int32_t sink;
  int32_t pipe_in;        // where the pipe is written
  int32_t pipe_out;       // and read
  int32_t piped;          // bytes in the pipe, before and after
  int32_t length;         // of one read at most
  int32_t budget;         // of all reads of this call
  int32_t taken;          // read from the source
  int32_t given;          // and written to the sink
  int32_t source_result;  // of the last read: bytes, 0: the end, -errno
  int32_t sink_result;    // 0 or -errno
};
static_assert(sizeof(RelayWords) == 44, "eleven words");

// The source was not read.
constexpr int32_t kNotAsked = INT32_MIN;

}  // namespace rawloop

#endif  // RAWLOOP_STREAM_RELAY_WORDS_H_
