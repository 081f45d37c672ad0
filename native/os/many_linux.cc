// By one system call. Not by the C library, which makes a point of cancellation
// of it; see transfer.h. See many.h for the contract.
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>

#include "core/retried.h"
#include "os/many.h"

namespace rawloop {

static_assert(sizeof(ManyMessage) == sizeof(mmsghdr) &&
                  offsetof(ManyMessage, length) == offsetof(mmsghdr, msg_len),
              "the kernel's own struct");

const bool kTellsLength = true;

int ReceiveMany(int fd, ManyMessage* messages, unsigned int count, int flags) {
  long received = Retried([&]() -> long {
#if defined(SYS_recvmmsg)
    return syscall(SYS_recvmmsg, fd, messages, count, flags | MSG_DONTWAIT,
                   nullptr);
#else
    // A processor of 32 bits whose clock is not, where only the library knows.
    return recvmmsg(fd, reinterpret_cast<mmsghdr*>(messages), count,
                    flags | MSG_DONTWAIT, nullptr);
#endif
  });
  return static_cast<int>(received);
}

int SendMany(int fd, ManyMessage* messages, unsigned int count, int flags) {
  long sent = Retried([&] {
    return syscall(SYS_sendmmsg, fd, messages, count,
                   flags | MSG_DONTWAIT | MSG_NOSIGNAL);
  });
  return static_cast<int>(sent);
}

}  // namespace rawloop
