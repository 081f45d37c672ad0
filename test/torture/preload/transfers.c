// Wrappers of the calls that move bytes: none is made when it is to fail.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "wrap.h"

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
WRAP(ssize_t, read, read, fd, (int fd, void* data, size_t size),
     (fd, data, size))
WRAP(ssize_t, write, write, fd, (int fd, const void* data, size_t size),
     (fd, data, size))
WRAP(ssize_t, readv, readv, fd, (int fd, const struct iovec* parts, int count),
     (fd, parts, count))
WRAP(ssize_t, writev, writev, fd,
     (int fd, const struct iovec* parts, int count), (fd, parts, count))
WRAP(ssize_t, pread64, pread, fd, (int fd, void* data, size_t size, off64_t at),
     (fd, data, size, at))
WRAP(ssize_t, pwrite64, pwrite, fd,
     (int fd, const void* data, size_t size, off64_t at), (fd, data, size, at))
WRAP(ssize_t, preadv64, preadv, fd,
     (int fd, const struct iovec* parts, int count, off64_t at),
     (fd, parts, count, at))
WRAP(ssize_t, pwritev64, pwritev, fd,
     (int fd, const struct iovec* parts, int count, off64_t at),
     (fd, parts, count, at))
WRAP(ssize_t, sendfile64, sendfile, out,
     (int out, int in, off64_t* at, size_t size), (out, in, at, size))
WRAP(ssize_t, splice, splice, in,
     (int in, off64_t* in_at, int out, off64_t* out_at, size_t size,
      unsigned flags),
     (in, in_at, out, out_at, size, flags))
