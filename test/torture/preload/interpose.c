// The wrappers. A call that is to fail is not made, but for those that the
// kernel carries out although it reports an error: close(2) frees the number
// whatever it says, and a connect(2) cut short by a signal goes on.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "strike.h"
#include "wrap.h"

#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

#ifndef AT_STATX_DONT_SYNC
#define AT_STATX_DONT_SYNC 0x4000
#endif

#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif

WRAP(int, socket, socket, -1, (int domain, int type, int protocol),
     (domain, type, protocol))
WRAP(int, socketpair, socketpair, -1,
     (int domain, int type, int protocol, int ends[2]),
     (domain, type, protocol, ends))
WRAP(int, bind, bind, fd, (int fd, const struct sockaddr* a, socklen_t size),
     (fd, a, size))
WRAP(int, listen, listen, fd, (int fd, int backlog), (fd, backlog))
WRAP(int, accept4, accept4, fd,
     (int fd, struct sockaddr* a, socklen_t* size, int flags),
     (fd, a, size, flags))
WRAP(int, getsockname, getsockname, fd,
     (int fd, struct sockaddr* a, socklen_t* size), (fd, a, size))
WRAP(int, getpeername, getpeername, fd,
     (int fd, struct sockaddr* a, socklen_t* size), (fd, a, size))
WRAP(int, setsockopt, setsockopt, fd,
     (int fd, int level, int name, const void* value, socklen_t size),
     (fd, level, name, value, size))
WRAP(ssize_t, send, send, fd,
     (int fd, const void* data, size_t size, int flags),
     (fd, data, size, flags))
WRAP(ssize_t, sendmsg, sendmsg, fd,
     (int fd, const struct msghdr* message, int flags), (fd, message, flags))
WRAP(ssize_t, recv, recv, fd, (int fd, void* data, size_t size, int flags),
     (fd, data, size, flags))
WRAP(ssize_t, sendto, sendto, fd,
     (int fd, const void* data, size_t size, int flags,
      const struct sockaddr* a, socklen_t length),
     (fd, data, size, flags, a, length))
WRAP(ssize_t, recvfrom, recvfrom, fd,
     (int fd, void* data, size_t size, int flags, struct sockaddr* a,
      socklen_t* length),
     (fd, data, size, flags, a, length))
WRAP(ssize_t, recvmsg, recvmsg, fd, (int fd, struct msghdr* message, int flags),
     (fd, message, flags))
WRAP(int, sendmmsg, sendmmsg, fd,
     (int fd, struct mmsghdr* messages, unsigned count, int flags),
     (fd, messages, count, flags))
WRAP(int, recvmmsg, recvmmsg, fd,
     (int fd, struct mmsghdr* messages, unsigned count, int flags,
      struct timespec* timeout),
     (fd, messages, count, flags, timeout))
WRAP(ssize_t, readv, readv, fd, (int fd, const struct iovec* parts, int count),
     (fd, parts, count))
WRAP(ssize_t, writev, writev, fd,
     (int fd, const struct iovec* parts, int count), (fd, parts, count))
WRAP(int, pipe2, pipe2, -1, (int ends[2], int flags), (ends, flags))
WRAP(int, dup3, dup3, oldfd, (int oldfd, int newfd, int flags),
     (oldfd, newfd, flags))
WRAP(int, epoll_create1, epoll_create1, -1, (int flags), (flags))
WRAP(int, epoll_wait, epoll_wait, fd,
     (int fd, struct epoll_event* events, int max, int timeout),
     (fd, events, max, timeout))
WRAP(int, epoll_pwait, epoll_wait, fd,
     (int fd, struct epoll_event* events, int max, int timeout,
      const sigset_t* mask),
     (fd, events, max, timeout, mask))
WRAP(int, poll, poll, -1, (struct pollfd * set, nfds_t count, int timeout),
     (set, count, timeout))
WRAP(int, sigaction, sigaction, -1,
     (int number, const struct sigaction* action, struct sigaction* old),
     (number, action, old))
WRAP(int, madvise, madvise, -1, (void* at, size_t size, int advice),
     (at, size, advice))
WRAP(int, stat64, stat, -1, (const char* path, struct stat64* out), (path, out))
WRAP(int, lstat64, stat, -1, (const char* path, struct stat64* out),
     (path, out))
WRAP(ssize_t, readlink, readlink, -1,
     (const char* path, char* target, size_t size), (path, target, size))
WRAP(int, access, access, -1, (const char* path, int mode), (path, mode))

int eventfd(unsigned int initial, int flags) {
  FAIL_IF_STRUCK(eventfd, -1);
  return (int)syscall(SYS_eventfd2, initial, flags);
}

// Registered for nothing and with no token is what open files are told apart by
// (native/os/identity_linux.cc), as sockets are by their cookies.
static bool IsMark(const struct epoll_event* event) {
  return event != NULL && event->events == 0 && event->data.u64 == 0;
}

int epoll_ctl(int epfd, int op, int fd, struct epoll_event* event) {
  NEXT(epoll_ctl)
  if (op == EPOLL_CTL_DEL) {
    FAIL_IF_STRUCK(epoll_ctl_del, fd);
  } else if (IsMark(event)) {
    if (op == EPOLL_CTL_ADD) FAIL_IF_STRUCK(epoll_ctl_mark, fd);
    if (op == EPOLL_CTL_MOD) FAIL_IF_STRUCK(epoll_ctl_marked, fd);
  } else {
    if (op == EPOLL_CTL_ADD) FAIL_IF_STRUCK(epoll_ctl_add, fd);
    if (op == EPOLL_CTL_MOD) FAIL_IF_STRUCK(epoll_ctl_mod, fd);
  }
  return next(epfd, op, fd, event);
}

int getsockopt(int fd, int level, int name, void* value, socklen_t* size) {
  NEXT(getsockopt)
  if (level == SOL_SOCKET && name == SO_COOKIE) {
    FAIL_IF_STRUCK(getsockopt_cookie, fd);
  } else {
    FAIL_IF_STRUCK(getsockopt, fd);
  }
  return next(fd, level, name, value, size);
}

// A Unix socket of datagrams asks whether somebody is behind a file
// (lib/unix/path.ts).
static bool IsDatagram(int fd, const struct sockaddr* address) {
  int type = 0;
  socklen_t size = sizeof(type);
  if (address->sa_family != AF_UNIX) return false;
  Hold();
  int result = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size);
  Release();
  return result == 0 && type == SOCK_DGRAM;
}

int connect(int fd, const struct sockaddr* address, socklen_t size) {
  NEXT(connect)
  int call = IsDatagram(fd, address) ? kCall_connect_datagram : kCall_connect;
  int error = Strike(call, CALLER, fd);
  if (error == 0) return next(fd, address, size);
  if (error == EINTR) next(fd, address, size);
  errno = error;
  return -1;
}

// Not connected any more is what the socket is then, for reads as well.
int shutdown(int fd, int how) {
  NEXT(shutdown)
  int error = Strike(kCall_shutdown, CALLER, fd);
  if (error == 0) return next(fd, how);
  struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
  if (error == ENOTCONN) {
    Hold();
    connect(fd, &nowhere, sizeof(nowhere));
    Release();
  }
  errno = error;
  return -1;
}

static int CloseStruck(int fd, const void* caller) {
  int error = Strike(kCall_close, caller, fd);
  if (error == EBADF) return error;
  long result = syscall(SYS_close, fd);
  return error != 0 ? error : result < 0 ? errno : 0;
}

int close(int fd) {
  int error = CloseStruck(fd, CALLER);
  if (error == 0) return 0;
  errno = error;
  return -1;
}

#define WRAP_MMAP(name)                                                   \
  void* name(void* at, size_t size, int protection, int flags, int fd,    \
             off64_t offset) {                                            \
    NEXT(name)                                                            \
    int error = Strike(kCall_mmap, CALLER, fd);                           \
    if (error == 0) return next(at, size, protection, flags, fd, offset); \
    errno = error;                                                        \
    return MAP_FAILED;                                                    \
  }
WRAP_MMAP(mmap)
WRAP_MMAP(mmap64)

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                   void* (*run)(void*), void* argument) {
  NEXT(pthread_create)
  int error = Strike(kCall_pthread_create, CALLER, -1);
  return error != 0 ? error : next(thread, attributes, run, argument);
}

// What the addon calls by number, as a wrapper of the C library would cost it
// more.
static int CallOf(long number, const long* arguments) {
  // With an address it is of a datagram.
  bool is_named = arguments[4] != 0;
  switch (number) {
    case SYS_recvfrom:
      return is_named ? kCall_recvfrom : kCall_recv;
    case SYS_sendto:
      return is_named ? kCall_sendto : kCall_send;
    case SYS_sendmsg:
      return kCall_sendmsg;
    case SYS_recvmsg:
      return kCall_recvmsg;
    case SYS_sendmmsg:
      return kCall_sendmmsg;
    case SYS_recvmmsg:
      return kCall_recvmmsg;
    case SYS_epoll_pwait:
      return kCall_epoll_wait;
    case SYS_epoll_pwait2:
      return kCall_epoll_pwait2;
    case SYS_statx:
      // Which does not ask the server of a file system: on the loop's thread.
      return (arguments[2] & AT_STATX_DONT_SYNC) != 0 ? kCall_statx_now
                                                      : kCall_statx;
    case SYS_openat2:
      return kCall_openat2;
    case SYS_preadv2:
      return kCall_preadv2;
    case SYS_getdents64:
      return kCall_getdents64;
    case SYS_copy_file_range:
      return kCall_copy_file_range;
    case SYS_close:
      return kCall_close;
    case SYS_waitid:
      return kCall_waitid;
    case SYS_close_range:
      return kCall_close_range;
    case SYS_pidfd_open:
      return kCall_pidfd_open;
    case SYS_pidfd_send_signal:
      return kCall_pidfd_send_signal;
    default:
      return -1;
  }
}

static void Shorten(long number, long* arguments, struct iovec* less) {
  if (number == SYS_preadv2) {
    *less = *(const struct iovec*)arguments[1];
    if (less->iov_len > SHORT_BYTES) less->iov_len = SHORT_BYTES;
    arguments[1] = (long)less;
    arguments[2] = 1;
  } else if (number == SYS_copy_file_range) {
    if ((size_t)arguments[4] > SHORT_BYTES) arguments[4] = (long)SHORT_BYTES;
  }
}

long syscall(long number, ...) {
  NEXT(syscall)
  long a[6];
  va_list list;
  va_start(list, number);
  for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
  va_end(list);
  int call = CallOf(number, a);
  int error = call < 0 ? 0 : Strike(call, CALLER, (int)a[0]);
  struct iovec less;
  if (error == kNothing) return 0;
  if (error == kShort) {
    Shorten(number, a, &less);
    error = 0;
  }
  if (error == 0) return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  if (number == SYS_close) next(number, a[0]);
  errno = error;
  return -1;
}
