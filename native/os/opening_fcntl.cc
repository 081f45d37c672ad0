// Opening without flags: macOS, which has no pipe2(2), accept4(2), dup3(2),
// SOCK_CLOEXEC or SOCK_NONBLOCK. A fork of another thread between the two calls
// still hands the descriptor on; posix_spawn(2) with
// POSIX_SPAWN_CLOEXEC_DEFAULT, Node's way there, does not. See opening.h for
// the contract.
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>

#include "os/opening.h"

namespace rawloop {

const int kSendFlags = 0;
const int kBorrowingFlags = 0;

namespace {

constexpr int kOwnFlags = kSockNonblock | kSockCloexec;

// 0, or -1 with errno set.
int Prepare(int fd, bool nonblocking) {
  if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) return -1;
  // Told both ways: an accepted socket inherits it from the listening one.
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return -1;
  int wanted = nonblocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
  return wanted == flags ? 0 : fcntl(fd, F_SETFL, wanted);
}

int PrepareSocket(int fd, bool nonblocking) {
  if (Prepare(fd, nonblocking) < 0) return -1;
  const int on = 1;
  // EINVAL: the peer has gone already, nothing will be sent to it.
  if (setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on)) < 0 &&
      errno != EINVAL) {
    return -1;
  }
  return 0;
}

void CloseKeepingErrno(int fd) {
  int error = errno;
  close(fd);
  errno = error;
}

// What a failed step leaves open is closed: both ends or none.
int Both(int ends[2], int result) {
  if (result == 0) return 0;
  CloseKeepingErrno(ends[0]);
  CloseKeepingErrno(ends[1]);
  return -1;
}

int One(int fd, int result) {
  if (result == 0) return fd;
  CloseKeepingErrno(fd);
  return -1;
}

}  // namespace

int OpenPipe(int ends[2], int flags) {
  if ((flags & ~(O_NONBLOCK | O_CLOEXEC)) != 0) {
    errno = EINVAL;
    return -1;
  }
  if (pipe(ends) < 0) return -1;
  bool nonblocking = (flags & O_NONBLOCK) != 0;
  int result = Prepare(ends[0], nonblocking);
  return Both(ends, result == 0 ? Prepare(ends[1], nonblocking) : result);
}

int OpenSocket(int domain, int type, int protocol) {
  int fd = socket(domain, type & ~kOwnFlags, protocol);
  if (fd < 0) return -1;
  return One(fd, PrepareSocket(fd, (type & kSockNonblock) != 0));
}

int OpenSocketPair(int domain, int type, int protocol, int ends[2]) {
  if (socketpair(domain, type & ~kOwnFlags, protocol, ends) < 0) return -1;
  bool nonblocking = (type & kSockNonblock) != 0;
  int result = PrepareSocket(ends[0], nonblocking);
  return Both(ends, result == 0 ? PrepareSocket(ends[1], nonblocking) : result);
}

int AcceptSocket(int fd, sockaddr* address, socklen_t* size, int flags) {
  if ((flags & ~kOwnFlags) != 0) {
    errno = EINVAL;
    return -1;
  }
  int accepted = accept(fd, address, size);
  if (accepted < 0) return -1;
  return One(accepted, PrepareSocket(accepted, (flags & kSockNonblock) != 0));
}

int DuplicateTo(int oldfd, int newfd) {
  int fd = dup2(oldfd, newfd);
  return fd < 0 ? -1 : One(fd, fcntl(fd, F_SETFD, FD_CLOEXEC));
}

int OpenMaster(int flags) {
  int fd = posix_openpt(flags & ~O_CLOEXEC);
  return fd < 0 ? -1 : One(fd, fcntl(fd, F_SETFD, FD_CLOEXEC));
}

}  // namespace rawloop
