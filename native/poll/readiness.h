// What a descriptor is ready for, as the poller contract spells it: poll(2)'s
// numbers, which epoll shares. lib/poller/interest.ts has the same values.
#ifndef RAWLOOP_POLL_READINESS_H_
#define RAWLOOP_POLL_READINESS_H_

#include <cstdint>

namespace rawloop {

constexpr uint32_t kReadable = 0x001;
constexpr uint32_t kPriority = 0x002;
constexpr uint32_t kWritable = 0x004;
constexpr uint32_t kError = 0x008;
constexpr uint32_t kHangup = 0x010;

// What happened to a file or a folder: `Change` of lib/poller/interest.ts.
constexpr uint32_t kWritten = 0x1000;
constexpr uint32_t kChangedAttributes = 0x2000;
constexpr uint32_t kChangedLinks = 0x4000;
constexpr uint32_t kRenamed = 0x8000;
constexpr uint32_t kDeleted = 0x10000;
constexpr uint32_t kRevoked = 0x20000;

// One record of a ready list: three 32-bit words.
struct ReadyRecord {
  uint32_t events;
  uint32_t slot;        // low half of the token
  uint32_t generation;  // high half of the token
};
static_assert(sizeof(ReadyRecord) == 12, "three words, no padding");

}  // namespace rawloop

#endif  // RAWLOOP_POLL_READINESS_H_
