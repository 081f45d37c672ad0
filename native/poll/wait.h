// What a wait is, whoever asks for it: a call of a poller alone, or the loop's
// crossing, which moves bytes before and after it. One function for each
// backend; where a system has no such backend it returns -ENOSYS.
#ifndef RAWLOOP_POLL_WAIT_H_
#define RAWLOOP_POLL_WAIT_H_

#include <cstdint>

#include "poll/readiness.h"

namespace rawloop {

constexpr int kMaxReady = 65536;

struct Wait {
  int poller;
  // Room for `max` records, 1 to kMaxReady.
  ReadyRecord* out;
  int max;
  // -1: for ever. A fraction of what the kernel can wait for is rounded up.
  int64_t timeout_ns;
  // How many descriptors are registered; kqueue's to know.
  uint32_t registered;
};

// How many records were filled, or -errno. -EINTR too: the caller knows its
// deadline. See epoll_wait(2), kevent(2).
int32_t EpollWaitFor(const Wait& wait);
int32_t KqueueWaitFor(const Wait& wait);

}  // namespace rawloop

#endif  // RAWLOOP_POLL_WAIT_H_
