// The wrappers of calls on descriptors that tell of files, times and signals.
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <time.h>

#include "strike.h"
#include "wrap.h"

WRAP(int, inotify_init1, inotify_init1, -1, (int flags), (flags))
WRAP(int, inotify_add_watch, inotify_add_watch, fd,
     (int fd, const char* path, uint32_t mask), (fd, path, mask))
WRAP(int, inotify_rm_watch, inotify_rm_watch, fd, (int fd, int watch),
     (fd, watch))
WRAP(int, timerfd_create, timerfd_create, -1, (clockid_t clock, int flags),
     (clock, flags))
WRAP(int, timerfd_settime, timerfd_settime, fd,
     (int fd, int flags, const struct itimerspec* value,
      struct itimerspec* old),
     (fd, flags, value, old))
WRAP(int, timerfd_gettime, timerfd_gettime, fd,
     (int fd, struct itimerspec* value), (fd, value))
WRAP(int, signalfd, signalfd, fd, (int fd, const sigset_t* mask, int flags),
     (fd, mask, flags))
WRAP(int, fanotify_init, fanotify_init, -1,
     (unsigned flags, unsigned event_flags), (flags, event_flags))
WRAP(int, fanotify_mark, fanotify_mark, fd,
     (int fd, unsigned flags, uint64_t mask, int folder, const char* path),
     (fd, flags, mask, folder, path))
