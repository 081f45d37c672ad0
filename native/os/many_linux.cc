// By one system call. Not by the C library, which makes a point of cancellation
// of it; see transfer.h. See many.h for the contract.
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "os/many.h"

namespace rawloop {

static_assert(sizeof(ManyMessage) == sizeof(mmsghdr) &&
                  offsetof(ManyMessage, length) == offsetof(mmsghdr, msg_len),
              "the kernel's own struct");

const bool kTellsLength = true;

int ReceiveMany(int fd, ManyMessage* messages, unsigned int count, int flags) {
  long received;
  do {
#if defined(SYS_recvmmsg)
    received = syscall(SYS_recvmmsg, fd, messages, count, flags | MSG_DONTWAIT,
                       nullptr);
#else
    // A processor of 32 bits whose clock is not, where only the library knows.
    received = recvmmsg(fd, reinterpret_cast<mmsghdr*>(messages), count,
                        flags | MSG_DONTWAIT, nullptr);
#endif
  } while (received < 0 && errno == EINTR);
  return static_cast<int>(received);
}

int SendMany(int fd, ManyMessage* messages, unsigned int count, int flags) {
  long sent;
  do {
    sent = syscall(SYS_sendmmsg, fd, messages, count,
                   flags | MSG_DONTWAIT | MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return static_cast<int>(sent);
}

}  // namespace rawloop
