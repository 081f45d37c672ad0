// See the header.
#include "stream/shared.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "core/retried.h"
#include "stream/layout.h"

namespace rawloop {
namespace {

// One call's share of a turn, as a reader may keep up for ever.
constexpr ssize_t kShare = 65536;

// What one write may have once poll says that there is room; 0: all of it. A
// pipe has room for PIPE_BUF then. A terminal of Linux has 256 bytes at least,
// of which a tab may take eight. A device takes a message, in one piece.
size_t MostAtOnce(int32_t transfer) {
  switch (static_cast<Transfer>(transfer)) {
    case Transfer::kSharedPipe:
      return PIPE_BUF;
    case Transfer::kSharedTerminal:
      return 32;
    default:
      return 0;
  }
}

// 0: the call will not block, or will fail. Else -1 and errno.
int Ask(int fd, int16_t events) {
  pollfd entry{fd, events, 0};
  int found = Retried([&] { return poll(&entry, 1, 0); });
  if (found < 0) return -1;
  if (found > 0) return 0;
  errno = EAGAIN;
  return -1;
}

ssize_t WriteOnce(int fd, const iovec* parts, size_t count) {
  if (Ask(fd, POLLOUT) < 0) return -1;
  ssize_t result =
      Retried([&] { return writev(fd, parts, static_cast<int>(count)); });
  return result;
}

}  // namespace

bool IsShared(int32_t transfer) {
  return transfer >= static_cast<int32_t>(Transfer::kSharedPipe) &&
         transfer <= static_cast<int32_t>(Transfer::kSharedDevice);
}

ssize_t ReadShared(int fd, void* data, size_t size) {
  if (Ask(fd, POLLIN) < 0) return -1;
  ssize_t result = Retried([&] { return read(fd, data, size); });
  return result;
}

ssize_t WriteShared(int32_t transfer, int fd, const iovec* parts,
                    size_t count) {
  size_t most = MostAtOnce(transfer);
  if (most == 0) return WriteOnce(fd, parts, count);
  ssize_t total = 0;
  for (const iovec* part = parts; part < parts + count; part++) {
    auto* at = static_cast<uint8_t*>(part->iov_base);
    size_t rest = part->iov_len;
    while (rest > 0) {
      iovec piece{at, std::min(rest, most)};
      ssize_t sent = WriteOnce(fd, &piece, 1);
      if (sent < 0) return total > 0 ? total : -1;
      total += sent;
      if (total >= kShare) return total;
      at += sent;
      rest -= static_cast<size_t>(sent);
    }
  }
  return total;
}

}  // namespace rawloop
