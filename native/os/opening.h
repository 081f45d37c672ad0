// How descriptors come into being: pipes, sockets, connections, duplicates and
// masters of pseudoterminals, all of them close-on-exec. One file implements it
// for each way a system has, chosen by source list; the functions stand there
// in the order of this page:
//
//   opening_flags.cc  Linux and the BSDs: with the descriptor, atomically
//   opening_fcntl.cc  macOS: by fcntl(2) afterwards, and no SIGPIPE by an
//   option
//
// Each returns as the system call does: -1 and errno when it fails. EINTR is
// the caller's. See pipe2(2), accept4(2), socket(2), dup(2),
// posix_openpt(3).
#ifndef RAWLOOP_OS_OPENING_H_
#define RAWLOOP_OS_OPENING_H_

#include <sys/socket.h>

namespace rawloop {

// A type or flags may hold SOCK_NONBLOCK. macOS has no such flag: there it is
// ours, with FreeBSD's value, which is no type of socket.
#ifdef SOCK_NONBLOCK
constexpr int kSockNonblock = SOCK_NONBLOCK;
constexpr int kSockCloexec = SOCK_CLOEXEC;
#else
constexpr int kSockNonblock = 0x20000000;
constexpr int kSockCloexec = 0x10000000;
#endif

// Added to the flags of each send(2): a peer that went away must not raise
// SIGPIPE. 0 where a socket is told that once, when it is opened.
extern const int kSendFlags;
// MSG_ZEROCOPY, which is refused: the kernel reads the memory after the call,
// when JavaScript may have freed it and used it again. 0 where there is none.
extern const int kBorrowingFlags;

// `flags`: O_NONBLOCK, O_CLOEXEC and what else the system knows.
int OpenPipe(int ends[2], int flags);
int OpenSocket(int domain, int type, int protocol);
int OpenSocketPair(int domain, int type, int protocol, int ends[2]);
// `address` and `size` may be null. `flags`: kSockNonblock, kSockCloexec.
int AcceptSocket(int fd, sockaddr* address, socklen_t* size, int flags);
// `newfd`, another than `oldfd`: what had that number is closed.
int DuplicateTo(int oldfd, int newfd);
// `flags`: O_RDWR, O_NOCTTY, O_NONBLOCK, O_CLOEXEC.
int OpenMaster(int flags);

}  // namespace rawloop

#endif  // RAWLOOP_OS_OPENING_H_
