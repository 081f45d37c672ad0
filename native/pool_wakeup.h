// The descriptor by which a pool thread wakes the loop: an eventfd, or a pipe
// where there is none (or RAWLOOP_WAKER asks for it). See eventfd(2), pipe(7).
#ifndef RAWLOOP_POOL_WAKEUP_H_
#define RAWLOOP_POOL_WAKEUP_H_

#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "pool_platform.h"

namespace rawloop {

class Wakeup {
 public:
  Wakeup() = default;
  ~Wakeup() { Close(); }
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  // 0 or -errno.
  int Open(bool pipe) { return OpenWakeup(pipe, fds_); }
  // What the loop watches for reading; -1 when not open.
  int fd() const { return fds_[0]; }

  // EAGAIN means that so many rings are unread that the reader wakes anyway.
  void Ring() const {
    const uint64_t one = 1;
    while (write(fds_[1], &one, sizeof(one)) < 0 && errno == EINTR) {
    }
  }

  // At most a few rings are ever unread (one for each time the completion
  // queue filled), so one read takes them all; if not, the loop wakes again.
  void Drain() const {
    uint64_t rings[32];
    while (read(fds_[0], rings, sizeof(rings)) < 0 && errno == EINTR) {
    }
  }

  void Close() {
    if (fds_[0] >= 0) close(fds_[0]);
    if (fds_[1] >= 0 && fds_[1] != fds_[0]) close(fds_[1]);
    fds_[0] = fds_[1] = -1;
  }

 private:
  int fds_[2] = {-1, -1};
};

}  // namespace rawloop

#endif  // RAWLOOP_POOL_WAKEUP_H_
