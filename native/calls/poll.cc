// poll: which of a few descriptors are ready, with no set kept in the kernel.
// A record is three words of 32 bits, as those of epoll are: the descriptor,
// the events that are asked for, those that are found. A struct pollfd packs
// the two into halves of a word, which JavaScript would have to take apart by
// the machine's byte order; so records are copied. See poll(2).
#include <poll.h>

#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "core/args.h"
#include "core/module.h"

namespace rawloop {
namespace {

struct PollRecord {
  int32_t fd;
  int32_t events;
  int32_t revents;
};

bool ReadRecords(napi_env env, const Span& span, size_t count,
                 std::vector<pollfd>* out) {
  // Before memory is asked for, of which there may be none for any number.
  if (span.size / sizeof(PollRecord) < count) {
    ThrowRange(env, "fds", "3 words of 32 bits for each of nfds");
    return false;
  }
  out->resize(count);
  const uint8_t* at = span.data;
  for (pollfd& entry : *out) {
    PollRecord record;
    memcpy(&record, at, sizeof(record));
    at += sizeof(record);
    if (record.events < SHRT_MIN || record.events > SHRT_MAX) {
      ThrowRange(env, "fds", "records whose events fit into 16 bits");
      return false;
    }
    entry = {record.fd, static_cast<int16_t>(record.events), 0};
  }
  return true;
}

void WriteFound(const std::vector<pollfd>& set, const Span& span) {
  uint8_t* at = span.data + offsetof(PollRecord, revents);
  for (const pollfd& entry : set) {
    int32_t revents = entry.revents;
    memcpy(at, &revents, sizeof(revents));
    at += sizeof(PollRecord);
  }
}

// poll(fds, nfds, timeout): how many records have events found, or -errno
// (-EINTR too: the caller knows its deadline), which leaves the records as they
// are. Timeout in ms, -1: for ever.
napi_value Poll(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int count;
  int timeout_ms;
  Span span;
  if (!args.Integer(1, "nfds", &count, 0) ||
      !args.Integer(2, "timeout", &timeout_ms, -1) ||
      !args.Memory(0, &span, "fds") ||
      !IsAttached(env, args.at(0), span, "fds")) {
    return nullptr;
  }
  std::vector<pollfd> set;
  if (!ReadRecords(env, span, static_cast<size_t>(count), &set)) return nullptr;
  int result = poll(set.data(), static_cast<nfds_t>(set.size()), timeout_ms);
  if (result < 0) return Int(env, -errno);
  WriteFound(set, span);
  return Int(env, result);
}

void RegisterPoll(napi_env env, napi_value exports) {
  const Function functions[] = {{"poll", Guarded<Poll>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterPoll);

}  // namespace
}  // namespace rawloop
