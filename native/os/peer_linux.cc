// See peer.h.
#include <sys/socket.h>

#include <cerrno>

#include "os/peer.h"

namespace rawloop {

int PeerCredentials(int fd, Credentials* out) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) return -errno;
  // What a socket has that was never connected. A peer of another namespace of
  // processes has no number here either, but a user.
  constexpr uid_t kNobody = static_cast<uid_t>(-1);
  if (peer.pid == 0 && peer.uid == kNobody) return -ENOTCONN;
  *out = {peer.pid, peer.uid, peer.gid};
  return 0;
}

}  // namespace rawloop
