// The wrappers of calls on files and devices; the others are interpose.c's.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "wrap.h"

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
WRAP(int, memfd_create, memfd_create, -1, (const char* name, unsigned flags),
     (name, flags))
WRAP(int, flock, flock, fd, (int fd, int operation), (fd, operation))
WRAP(int, fchmod, fchmod, fd, (int fd, mode_t mode), (fd, mode))
WRAP(int, fstat64, fstat, fd, (int fd, struct stat64* out), (fd, out))

int open64(const char* path, int flags, ...) {
  NEXT(open64)
  va_list list;
  va_start(list, flags);
  mode_t mode = va_arg(list, mode_t);
  va_end(list);
  FAIL_IF_STRUCK(open, -1);
  return next(path, flags, mode);
}

int ioctl(int fd, unsigned long request, ...) {
  NEXT(ioctl)
  va_list list;
  va_start(list, request);
  void* argument = va_arg(list, void*);
  va_end(list);
  FAIL_IF_STRUCK(ioctl, fd);
  return next(fd, request, argument);
}
