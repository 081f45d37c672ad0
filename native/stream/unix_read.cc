// See the header.
#include "stream/unix_read.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>

#include "core/retried.h"
#include "os/records.h"
#include "os/transfer.h"

namespace rawloop {
namespace {

// ControlRoom(kMaxPassedFds), and more than that on no system; as a constant.
constexpr size_t kControlBytes = 4096;

// The descriptors of `message` go into the table, which owns them; what found
// no place there is closed.
void TakePassed(const msghdr& message, PassedTable* passed, ReadResult* out) {
  ReceivedControl control;
  ParseControl(message, kMaxPassedFds, &control);
  bool is_whole = !control.is_truncated;
  out->first_passed = static_cast<int32_t>(passed->count);
  for (size_t i = 0; i < control.fds.size(); i++) {
    int fd = passed->owned->Received(control.fds.Take(i));
    if (fd < 0) {
      is_whole = false;
      continue;
    }
    passed->numbers[passed->count++] = fd;
  }
  out->passed = static_cast<int32_t>(passed->count) - out->first_passed;
  if (is_whole) return;
  out->passed |= kPassedTruncated;
  passed->is_truncated = true;
}

// EINTR is retried.
void Receive(int fd, const Span& room, PassedTable* passed, ReadResult* out) {
  alignas(cmsghdr) uint8_t control[kControlBytes];
  iovec part = {room.data, room.size};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  ssize_t result = Retried([&] {
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    return ReceiveMessageNow(fd, &message, kReceiveFlags);
  });
  *out = {OrErrno(result), 0, 0, 0};
  if (result < 0) return;
  if (message.msg_controllen > 0 || (message.msg_flags & MSG_CTRUNC) != 0) {
    TakePassed(message, passed, out);
  }
}

}  // namespace

void ReadUnix(int fd, const Span& room, PassedTable* passed, ReadResult* out) {
  Receive(fd, room, passed, out);
}

bool ReadRecord(int fd, const Span& room, size_t most, PassedTable* passed,
                ReadResult* out) {
  int64_t bytes = NextRecordBytes(fd);
  if (bytes < 0) {
    *out = {static_cast<int32_t>(bytes), 0, 0, 0};
    return true;
  }
  auto size = static_cast<size_t>(bytes);
  if (size > most) {
    *out = {kLargeRecord,
            static_cast<int32_t>(std::min<int64_t>(bytes, INT32_MAX)), 0, 0};
    return true;
  }
  if (size > room.size) return false;
  Receive(fd, room, passed, out);
  if (out->result != 0) return true;
  // A record of no bytes, or the end.
  int ended = out->passed != 0 ? 0 : RecordsEnded(fd);
  if (ended <= 0) out->result = ended < 0 ? ended : kEmptyRecord;
  return true;
}

}  // namespace rawloop
