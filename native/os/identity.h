// What is behind a descriptor's number: a number says nothing of it once
// somebody else has closed it and the kernel has given it out again. One file
// implements it for each kind of system, chosen by source list:
//
//   identity_linux.cc  the cookie of a socket, device and inode of what has its
//                      own, and for what shares one inode (epoll, eventfd) the
//                      open file itself
//   identity_stat.cc   the BSDs and macOS: device and inode
//
// See fstat(2), SO_COOKIE in socket(7), epoll(7).
#ifndef RAWLOOP_OS_IDENTITY_H_
#define RAWLOOP_OS_IDENTITY_H_

#include <cstdint>

namespace rawloop {

// 48 bits. kNotOpen: there is nothing behind the number. kUnknown: there is
// something, but the kernel would not say what.
using Identity = uint64_t;
constexpr Identity kNotOpen = 0;
constexpr int kIdentityBits = 48;
constexpr Identity kUnknown = (Identity{1} << kIdentityBits) - 1;

// What is behind `fd` now, to be remembered from the descriptor's birth on.
Identity Identify(int fd);

// 0 when `fd` is still what it was, -EBADF when it is not open, -EPERM when it
// is something else. When the kernel would not say, now or at its birth, it is
// the same as long as it is open, and of the same kind as far as that is known.
int CheckIdentity(int fd, Identity identity);

// The descriptors by which open files are told apart live from the first Begin
// to the last End.
void BeginIdentities();
void EndIdentities();

// Closes `fd` if it is still what it was. 0 or -errno. Never retried: after
// EINTR the number is gone on Linux, and may be another thread's by now.
int CloseIdentical(int fd, Identity identity);

}  // namespace rawloop

#endif  // RAWLOOP_OS_IDENTITY_H_
