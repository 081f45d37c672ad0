// Who is at the other end of a Unix socket. One file implements it for each
// kind of system, chosen by source list:
//
//   peer_linux.cc    SO_PEERCRED
//   peer_darwin.cc   LOCAL_PEERCRED, and LOCAL_PEERPID
//   peer_freebsd.cc  LOCAL_PEERCRED
//
// See unix(7), unix(4).
#ifndef RAWLOOP_OS_PEER_H_
#define RAWLOOP_OS_PEER_H_

#include "os/ancillary.h"

namespace rawloop {

// Who connected, called listen(2), or made the pair. 0 or -errno; -ENOTCONN
// where there is nobody.
int PeerCredentials(int fd, Credentials* out);

}  // namespace rawloop

#endif  // RAWLOOP_OS_PEER_H_
