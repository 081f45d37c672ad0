// The words that C++ and TypeScript share where a relay moves bytes: what each
// of its directions is to move and has moved, and the pipes for it.
// lib/relay/words.ts has the same places; a test compares the two by what
// `native.layout()` says.
#ifndef RAWLOOP_STREAM_RELAY_WORDS_H_
#define RAWLOOP_STREAM_RELAY_WORDS_H_

#include <cstddef>
#include <cstdint>

namespace rawloop {

// One direction of a relay. A slot of its source names it in the place of a
// descriptor: see FlowOf.
struct Flow {
  double taken;  // bytes read from the source so far
  double given;  // and written to the sink
  int32_t source;
  int32_t sink;
  int32_t sink_slot;
  uint32_t sink_generation;  // another one: the sink is no more
  int32_t pipe_in;           // where its pipe is written, -1: it has none
  int32_t pipe_out;          // and read
  int32_t piped;             // bytes in the pipe
  int32_t source_result;     // of the last read: bytes, 0: the end, -errno
  int32_t sink_result;       // 0 or -errno
  int32_t due;               // JavaScript has not seen to the last two yet
};
static_assert(sizeof(Flow) == 56, "two doubles and ten words");

// The source was not read.
constexpr int32_t kNotAsked = INT32_MIN;

// The first one's number as the `read_fd` of a slot; the next is one less.
constexpr int32_t kFirstFlow = -2;

struct Pipe {
  int32_t read_end;
  int32_t write_end;
};

constexpr int32_t kSparePipes = 16;

// Of one loop: its pipes that are empty, and how much is moved at once.
struct Pipes {
  int32_t count;
  int32_t length;  // of one read at most
  int32_t budget;  // of one flow's share of a crossing
  int32_t unused;
  Pipe spare[kSparePipes];
};
static_assert(sizeof(Pipes) == 144, "thirty-six words");

}  // namespace rawloop

#endif  // RAWLOOP_STREAM_RELAY_WORDS_H_
