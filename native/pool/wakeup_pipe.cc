// The descriptors of a pool's wake-up on macOS and the BSDs. See pipe(2).
#include <fcntl.h>

#include <cerrno>

#include "os/opening.h"
#include "pool/wakeup_pair.h"

namespace rawloop {

int OpenWakeupPair(bool, int fds[2]) {
  return OpenPipe(fds, O_NONBLOCK) == 0 ? 0 : -errno;
}

}  // namespace rawloop
