// Reads from Unix sockets, which may bring descriptors with the bytes. Those
// are owned by the environment from the call on that received them; their
// numbers stand in a table until JavaScript has looked at them. See unix(7),
// recvmsg(2).
#ifndef RAWLOOP_STREAM_UNIX_READ_H_
#define RAWLOOP_STREAM_UNIX_READ_H_

#include <cstddef>
#include <cstdint>

#include "core/args.h"
#include "core/descriptor_table.h"
#include "os/ancillary.h"
#include "stream/layout.h"

namespace rawloop {

// The descriptors of one fill.
struct PassedTable {
  int32_t* numbers;  // room for kMaxPassed
  OwnedDescriptors* owned;
  uint32_t count = 0;

  // The process had no numbers left for some.
  bool is_truncated = false;

  // No more is read before these were looked at: a peer that sends nothing else
  // is not to take all numbers of the process, nor those that others are sent.
  bool IsFull() const { return is_truncated || count >= kPassedAtOnce; }

  static constexpr uint32_t kPassedAtOnce = 64;
};
// A read begins with fewer than kPassedAtOnce, and brings kMaxPassedFds at
// most.
static_assert(kMaxPassed >= PassedTable::kPassedAtOnce + kMaxPassedFds,
              "room for one read more");

// Each fills all words of `out` but the offset.
void ReadUnix(int fd, const Span& room, PassedTable* passed, ReadResult* out);
// One record. False, with nothing read: it is larger than `room`, but not than
// `most`. What is larger than that is told as kLargeRecord, its size as offset.
bool ReadRecord(int fd, const Span& room, size_t most, PassedTable* passed,
                ReadResult* out);

}  // namespace rawloop

#endif  // RAWLOOP_STREAM_UNIX_READ_H_
