// See peer.h.
#include "os/peer.h"

// The order counts: the last two need what the first brings.
#include <sys/types.h>
// clang-format off
#include <sys/socket.h>
#include <sys/ucred.h>
#include <sys/un.h>
// clang-format on

#include <cerrno>

namespace rawloop {

int PeerCredentials(int fd, Credentials* out) {
  // The level of options of Unix sockets has no name in user space.
  constexpr int kLocal = 0;
  xucred peer{};
  socklen_t size = sizeof(peer);
  if (getsockopt(fd, kLocal, LOCAL_PEERCRED, &peer, &size) < 0) return -errno;
  *out = {peer.cr_pid, peer.cr_uid,
          peer.cr_ngroups > 0 ? peer.cr_groups[0] : 0};
  return 0;
}

}  // namespace rawloop
