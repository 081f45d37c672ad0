// One by one, where no call takes many, or only the C library's does, which
// loops as well. See many.h for the contract.

#include "core/retried.h"
#include "os/many.h"
#include "os/opening.h"

namespace rawloop {

const bool kTellsLength = false;

int ReceiveMany(int fd, ManyMessage* messages, unsigned int count, int flags) {
  for (unsigned int i = 0; i < count; i++) {
    ssize_t received = Retried(
        [&] { return recvmsg(fd, &messages[i].header, flags | MSG_DONTWAIT); });
    if (received < 0) return i == 0 ? -1 : static_cast<int>(i);
    messages[i].length = static_cast<unsigned int>(received);
  }
  return static_cast<int>(count);
}

int SendMany(int fd, ManyMessage* messages, unsigned int count, int flags) {
  for (unsigned int i = 0; i < count; i++) {
    ssize_t sent = Retried([&] {
      return sendmsg(fd, &messages[i].header,
                     flags | MSG_DONTWAIT | kSendFlags);
    });
    if (sent < 0) return i == 0 ? -1 : static_cast<int>(i);
    messages[i].length = static_cast<unsigned int>(sent);
  }
  return static_cast<int>(count);
}

}  // namespace rawloop
