// Many datagrams in one call. One file implements it for each kind of system,
// chosen by source list; the functions stand there in the order of this page:
//
//   many_linux.cc  by one system call
//   many_each.cc   elsewhere: by recvmsg(2) and sendmsg(2), one by one
//
// See recvmmsg(2), sendmmsg(2).
#ifndef RAWLOOP_OS_MANY_H_
#define RAWLOOP_OS_MANY_H_

#include <sys/socket.h>

namespace rawloop {

// As Linux has it.
struct ManyMessage {
  msghdr header;
  unsigned int length;
};

// Whether MSG_TRUNC as a flag of recvfrom(2) has it tell a datagram's own
// length. Without, who needs to know whether all came has to ask by recvmsg(2).
extern const bool kTellsLength;

// Neither waits. How many were received or sent; -1 with errno when the first
// was refused. EINTR is retried.
int ReceiveMany(int fd, ManyMessage* messages, unsigned int count, int flags);
int SendMany(int fd, ManyMessage* messages, unsigned int count, int flags);

}  // namespace rawloop

#endif  // RAWLOOP_OS_MANY_H_
