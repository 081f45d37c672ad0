// Linux: sendfile(2), which moves pages of the file without a copy. Some files
// have none to move: those of procfs, for one.
#include <sys/sendfile.h>

#include <cerrno>

#include "core/retried.h"
#include "jobs/send_bytes.h"

namespace rawloop {

int64_t SendBytes(int to, int file, int64_t offset, size_t count) {
  size_t sent = 0;
  while (sent < count) {
    const auto size = Retried([&] {
      off_t place = offset + static_cast<off_t>(sent);
      return sendfile(to, file, &place, count - sent);
    });
    if (size > 0) {
      sent += static_cast<size_t>(size);
      continue;
    }
    // What ended it is told the next time.
    if (size == 0 || sent > 0) break;
    if (errno != EINVAL && errno != ENOSYS) return -errno;
    return SendBytesThroughMemory(to, file, offset, count);
  }
  return static_cast<int64_t>(sent);
}

}  // namespace rawloop
