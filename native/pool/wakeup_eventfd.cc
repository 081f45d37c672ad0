// The descriptors of a pool's wake-up on Linux. See eventfd(2).
#include <fcntl.h>
#include <sys/eventfd.h>

#include <cerrno>

#include "os/opening.h"
#include "pool/wakeup_pair.h"

namespace rawloop {

int OpenWakeupPair(bool pipe, int fds[2]) {
  if (pipe) return OpenPipe(fds, O_NONBLOCK) == 0 ? 0 : -errno;
  fds[0] = fds[1] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return fds[0] < 0 ? -errno : 0;
}

}  // namespace rawloop
