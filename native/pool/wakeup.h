// The descriptor by which a pool thread wakes the loop: an eventfd, or a pipe
// where there is none (or RAWLOOP_WAKER asks for it). See eventfd(2), pipe(7).
#ifndef RAWLOOP_POOL_WAKEUP_H_
#define RAWLOOP_POOL_WAKEUP_H_

#include <unistd.h>

#include <cstdint>

#include "core/retried.h"
#include "core/unique_fd.h"
#include "pool/wakeup_pair.h"

namespace rawloop {

class Wakeup {
 public:
  Wakeup() = default;
  ~Wakeup() { Close(); }
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  // 0 or -errno.
  int Open(bool pipe) {
    int fds[2];
    int result = OpenWakeupPair(pipe, fds);
    if (result < 0) return result;
    // It may be closed after the last environment that would need them.
    BeginIdentities();
    read_.Reset(fds[0]);
    if (fds[1] != fds[0]) write_.Reset(fds[1]);
    write_fd_ = fds[1];
    return 0;
  }
  // What the loop watches for reading, by edges; -1 when not open.
  int fd() const { return read_.get(); }

  // EAGAIN means that so many rings are unread that the reader wakes anyway.
  void Ring() const {
    const uint64_t one = 1;
    Retried([&] { return write(write_fd_, &one, sizeof(one)); });
  }

  // An eventfd is never read: it is watched by edges, and each ring is one. A
  // pipe would fill. At most a few rings are ever unread (one for each time the
  // completion queue filled), so one read takes them all.
  void Drain() const {
    if (!write_.ok()) return;
    uint64_t rings[32];
    Retried([&] { return read(read_.get(), rings, sizeof(rings)); });
  }

  void Close() {
    if (!read_.ok()) return;
    read_.Reset();
    write_.Reset();
    write_fd_ = -1;
    EndIdentities();
  }

 private:
  UniqueFd read_;
  UniqueFd write_;  // only if it is another than `read_`
  int write_fd_ = -1;
};

}  // namespace rawloop

#endif  // RAWLOOP_POOL_WAKEUP_H_
