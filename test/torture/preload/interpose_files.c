// The wrappers of calls on files and devices; the others are interpose.c's.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "files.h"
#include "wrap.h"

bool IsFile(int fd) {
  struct stat64 status;
  int before = errno;
  Hold();
  int result = (int)syscall(SYS_newfstatat, fd, "", &status, AT_EMPTY_PATH);
  Release();
  errno = before;
  return result == 0 && S_ISREG(status.st_mode);
}

ssize_t read(int fd, void* data, size_t size) {
  NEXT(read)
  LESS_IF_STRUCK(IsFile(fd) ? kCall_read_file : kCall_read, fd, size);
  return next(fd, data, size);
}

ssize_t write(int fd, const void* data, size_t size) {
  NEXT(write)
  LESS_IF_STRUCK(IsFile(fd) ? kCall_write_file : kCall_write, fd, size);
  return next(fd, data, size);
}

ssize_t pread64(int fd, void* data, size_t size, off64_t at) {
  NEXT(pread64)
  LESS_IF_STRUCK(kCall_pread, fd, size);
  return next(fd, data, size, at);
}

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
  NEXT(pwrite64)
  LESS_IF_STRUCK(kCall_pwrite, fd, size);
  return next(fd, data, size, at);
}

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

WRAP(off64_t, lseek64, lseek, fd, (int fd, off64_t at, int whence),
     (fd, at, whence))
WRAP(int, mkdir, mkdir, -1, (const char* path, mode_t mode), (path, mode))
WRAP(int, rmdir, rmdir, -1, (const char* path), (path))
WRAP(int, rename, rename, -1, (const char* from, const char* to), (from, to))
WRAP(int, link, link, -1, (const char* from, const char* to), (from, to))
WRAP(int, symlink, symlink, -1, (const char* target, const char* path),
     (target, path))
WRAP(int, unlink, unlink, -1, (const char* path), (path))
WRAP(int, unlinkat, unlinkat, -1, (int folder, const char* path, int flags),
     (folder, path, flags))
WRAP(int, chmod, chmod, -1, (const char* path, mode_t mode), (path, mode))
WRAP(int, chown, chown, -1, (const char* path, uid_t user, gid_t group),
     (path, user, group))
WRAP(int, lchown, lchown, -1, (const char* path, uid_t user, gid_t group),
     (path, user, group))
WRAP(int, fchown, fchown, fd, (int fd, uid_t user, gid_t group),
     (fd, user, group))
WRAP(int, utimensat, utimensat, -1,
     (int folder, const char* path, const struct timespec times[2], int flags),
     (folder, path, times, flags))
WRAP(int, futimens, futimens, fd, (int fd, const struct timespec times[2]),
     (fd, times))
WRAP(int, ftruncate64, ftruncate, fd, (int fd, off64_t size), (fd, size))
WRAP(int, fsync, fsync, fd, (int fd), (fd))
WRAP(int, fdatasync, fdatasync, fd, (int fd), (fd))
WRAP(int, statfs64, statfs, -1, (const char* path, struct statfs64* out),
     (path, out))
WRAP(int, statvfs64, statvfs, -1, (const char* path, struct statvfs64* out),
     (path, out))
WRAP(int, sched_setaffinity, sched_setaffinity, -1,
     (pid_t thread, size_t size, const cpu_set_t* set), (thread, size, set))

char* realpath(const char* path, char* resolved) {
  NEXT(realpath)
  int error = Strike(kCall_realpath, CALLER, -1);
  if (error == 0) return next(path, resolved);
  errno = error;
  return NULL;
}

char* mkdtemp(char* template) {
  NEXT(mkdtemp)
  int error = Strike(kCall_mkdtemp, CALLER, -1);
  if (error == 0) return next(template);
  errno = error;
  return NULL;
}

int openat64(int folder, const char* path, int flags, ...) {
  NEXT(openat64)
  va_list list;
  va_start(list, flags);
  mode_t mode = va_arg(list, mode_t);
  va_end(list);
  FAIL_IF_STRUCK(openat, -1);
  return next(folder, path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  NEXT(open64)
  va_list list;
  va_start(list, flags);
  mode_t mode = va_arg(list, mode_t);
  va_end(list);
  FAIL_IF_STRUCK(open, -1);
  return next(path, flags, mode);
}

WRAP(int, posix_openpt, posix_openpt, -1, (int flags), (flags))
WRAP(int, grantpt, grantpt, fd, (int fd), (fd))
WRAP(int, unlockpt, unlockpt, fd, (int fd), (fd))
WRAP(int, ptsname_r, ptsname_r, fd, (int fd, char* name, size_t size),
     (fd, name, size))

int ioctl(int fd, unsigned long request, ...) {
  NEXT(ioctl)
  va_list list;
  va_start(list, request);
  void* argument = va_arg(list, void*);
  va_end(list);
  FAIL_IF_STRUCK(ioctl, fd);
  return next(fd, request, argument);
}

// What is done to a file apart: its locks, and its flags, which a descriptor
// that was opened without waiting is given back.
static enum Call FcntlCall(int fd, int command) {
  switch (command) {
    case F_GETLK:
    case F_SETLK:
    case F_OFD_GETLK:
    case F_OFD_SETLK:
      return kCall_fcntl_lock;
    case F_SETFL:
      return IsFile(fd) ? kCall_fcntl_flags : kCall_fcntl;
    default:
      return kCall_fcntl;
  }
}

static int FcntlStruck(int fd, int command, const void* caller) {
  int error = Strike(FcntlCall(fd, command), caller, fd);
  if (error != 0) errno = error;
  return error;
}

#define WRAP_FCNTL(name)                         \
  int name(int fd, int command, ...) {           \
    NEXT(name)                                   \
    va_list list;                                \
    va_start(list, command);                     \
    void* argument = va_arg(list, void*);        \
    va_end(list);                                \
    if (FcntlStruck(fd, command, CALLER) != 0) { \
      return -1;                                 \
    }                                            \
    return next(fd, command, argument);          \
  }
WRAP_FCNTL(fcntl)
WRAP_FCNTL(fcntl64)
