// See records.h.
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>

#include "core/retried.h"
#include "os/records.h"
#include "os/transfer.h"

// Of <linux/sockios.h>, which not every C library's headers bring along.
#ifndef FIONREAD
#define FIONREAD 0x541B
#endif

namespace rawloop {

int64_t NextRecordBytes(int fd) {
  ssize_t bytes =
      Retried([&] { return ReceiveNow(fd, nullptr, 0, MSG_PEEK | MSG_TRUNC); });
  return bytes < 0 ? -errno : bytes;
}

// Once the peer sends no more, what is left are records without bytes at most,
// unless the bytes of all that waits, which this call counts, say otherwise.
int RecordsEnded(int fd) {
  pollfd one = {fd, POLLRDHUP, 0};
  int found = Retried([&] { return poll(&one, 1, 0); });
  if (found <= 0) return found < 0 ? -errno : 0;
  int waiting = 0;
  if (ioctl(fd, FIONREAD, &waiting) < 0) return -errno;
  return waiting == 0 ? 1 : 0;
}

}  // namespace rawloop
