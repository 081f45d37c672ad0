// See peer.h.
#include <sys/socket.h>
#include <sys/ucred.h>
#include <sys/un.h>

#include <cerrno>

#include "os/peer.h"

namespace rawloop {

int PeerCredentials(int fd, Credentials* out) {
  xucred peer{};
  socklen_t size = sizeof(peer);
  if (getsockopt(fd, SOL_LOCAL, LOCAL_PEERCRED, &peer, &size) < 0) {
    return -errno;
  }
  pid_t pid = 0;
  size = sizeof(pid);
  if (getsockopt(fd, SOL_LOCAL, LOCAL_PEERPID, &pid, &size) < 0) return -errno;
  *out = {pid, peer.cr_uid, peer.cr_ngroups > 0 ? peer.cr_groups[0] : 0};
  return 0;
}

}  // namespace rawloop
