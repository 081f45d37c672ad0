// Which call fails, and when: the state that the wrappers of interpose.c ask
// and that JavaScript sets through control.c. One failure is armed at a time,
// for the whole process, and only calls of the code under test count: those
// whose return address lies in its mapping. Node's own calls go by untouched.
#ifndef RAWLOOP_TORTURE_STRIKE_H_
#define RAWLOOP_TORTURE_STRIKE_H_

#include <stdbool.h>

// clang-format off
#define TORTURE_CALLS(CALL)                                               \
  CALL(socket) CALL(socketpair) CALL(bind) CALL(listen) CALL(accept4)     \
  CALL(connect) CALL(getsockname) CALL(getpeername) CALL(getsockopt)      \
  CALL(setsockopt) CALL(shutdown) CALL(send) CALL(sendmsg) CALL(recv)     \
  CALL(read) CALL(write) CALL(readv) CALL(writev) CALL(pipe2) CALL(fcntl) \
  CALL(close) CALL(stat) CALL(statx) CALL(readlink) CALL(access)          \
  CALL(sigaction) CALL(epoll_create1)                                     \
  CALL(epoll_ctl_add) CALL(epoll_ctl_mod) CALL(epoll_ctl_del)             \
  CALL(epoll_wait) CALL(epoll_pwait2) CALL(eventfd) CALL(poll)            \
  CALL(pthread_create) CALL(mmap) CALL(madvise)                           \
  CALL(epoll_ctl_mark) CALL(epoll_ctl_marked) CALL(getsockopt_cookie)     \
  CALL(dup3) CALL(sendto) CALL(recvfrom) CALL(recvmsg) CALL(sendmmsg)     \
  CALL(recvmmsg) CALL(ioctl) CALL(pread) CALL(pwrite) CALL(preadv)        \
  CALL(pwritev) CALL(sendfile) CALL(splice) CALL(memfd_create)            \
  CALL(open) CALL(flock) CALL(fchmod) CALL(fstat) CALL(connect_datagram)  \
  CALL(clone) CALL(execve) CALL(chdir) CALL(dup2) CALL(waitid)            \
  CALL(close_range) CALL(pidfd_open) CALL(pidfd_send_signal)              \
  CALL(getaddrinfo) CALL(getnameinfo) CALL(openat2) CALL(preadv2)         \
  CALL(statx_now) CALL(getdents64) CALL(copy_file_range) CALL(read_file)  \
  CALL(write_file) CALL(fcntl_flags) CALL(fcntl_lock) CALL(lseek)         \
  CALL(openat) CALL(mkdir) CALL(rmdir) CALL(mkdtemp) CALL(rename)         \
  CALL(link) CALL(symlink) CALL(unlink) CALL(unlinkat) CALL(realpath)     \
  CALL(chmod) CALL(chown) CALL(fchown) CALL(lchown) CALL(utimensat)       \
  CALL(futimens) CALL(ftruncate) CALL(fsync) CALL(fdatasync) CALL(statfs) \
  CALL(sched_setaffinity)                                                 \
  CALL(inotify_init1) CALL(inotify_add_watch) CALL(inotify_rm_watch)      \
  CALL(timerfd_create) CALL(timerfd_settime) CALL(timerfd_gettime)        \
  CALL(signalfd) CALL(fanotify_init) CALL(fanotify_mark)                  \
  CALL(statvfs) CALL(posix_openpt) CALL(grantpt) CALL(unlockpt)           \
  CALL(ptsname_r)
// clang-format on

#define TORTURE_ENUM(name) kCall_##name,
enum Call { TORTURE_CALLS(TORTURE_ENUM) kCalls };
#undef TORTURE_ENUM

extern const char* const kCallNames[kCalls];

// Whose calls count: the addon's, or those of the node executable that the
// thread which armed makes on sockets and on epoll, to compare with node:net.
enum Scope { kAddon, kHost };

// The errno that this call fails with, 0: it goes on. Counts the use. `fd` is
// what it is about, -1: nothing.
int Strike(enum Call call, const void* caller, int fd);

// In the place of an errno: what is no failure and still less than was asked
// for.
enum { kShort = 4001, kNothing = 4002 };

void Arm(enum Scope scope, enum Call call, int error, long first, bool lasting);
void Disarm(void);
// Between the two, calls of this thread neither count nor fail.
void Hold(void);
void Release(void);

long Uses(enum Call call);
long Struck(void);

#endif  // RAWLOOP_TORTURE_STRIKE_H_
