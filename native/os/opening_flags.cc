// Opening with flags: Linux and the BSDs, where no other thread can fork
// between a descriptor's birth and its close-on-exec. See opening.h for the
// contract.
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/opening.h"

namespace rawloop {

const int kSendFlags = MSG_NOSIGNAL;

#ifdef MSG_ZEROCOPY
const int kBorrowingFlags = MSG_ZEROCOPY;
#else
const int kBorrowingFlags = 0;
#endif

int OpenPipe(int ends[2], int flags) { return pipe2(ends, flags | O_CLOEXEC); }

int OpenSocket(int domain, int type, int protocol) {
  return socket(domain, type | SOCK_CLOEXEC, protocol);
}

int OpenSocketPair(int domain, int type, int protocol, int ends[2]) {
  return socketpair(domain, type | SOCK_CLOEXEC, protocol, ends);
}

int AcceptSocket(int fd, sockaddr* address, socklen_t* size, int flags) {
  return accept4(fd, address, size, flags | SOCK_CLOEXEC);
}

int DuplicateTo(int oldfd, int newfd) { return dup3(oldfd, newfd, O_CLOEXEC); }

int OpenMaster(int flags) { return posix_openpt(flags | O_CLOEXEC); }

}  // namespace rawloop
