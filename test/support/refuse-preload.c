// A library to preload: the kernel refuses epoll_ctl to the addon when a test
// says so, or a socket's cookie, or sigaction. RAWLOOP_REFUSE names a file of
// three ints: the errno, the operation (0: any of epoll_ctl, SO_COOKIE: the
// cookie, 100: sigaction) and how many calls are still to fail. The host's own
// calls pass.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif

enum { kSigaction = 100 };

static volatile int* Orders(void) {
  static volatile int* orders;
  if (orders == NULL) {
    int fd = open(getenv("RAWLOOP_REFUSE"), O_RDWR | O_CLOEXEC);
    orders = mmap(NULL, 12, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  }
  return orders;
}

static int IsRefused(int op, const void* address) {
  Dl_info caller;
  volatile int* orders = Orders();
  if (orders[2] <= 0 || orders[1] != op || !dladdr(address, &caller) ||
      strstr(caller.dli_fname, "rawloop") == NULL) {
    return 0;
  }
  orders[2]--;
  errno = orders[0];
  return 1;
}

int epoll_ctl(int epfd, int op, int fd, struct epoll_event* event) {
  static int (*next)(int, int, int, struct epoll_event*);
  if (next == NULL) *(void**)&next = dlsym(RTLD_NEXT, "epoll_ctl");
  const void* caller = __builtin_return_address(0);
  if (IsRefused(op, caller) || IsRefused(0, caller)) return -1;
  return next(epfd, op, fd, event);
}

int getsockopt(int fd, int level, int name, void* value, socklen_t* size) {
  static int (*next)(int, int, int, void*, socklen_t*);
  if (next == NULL) *(void**)&next = dlsym(RTLD_NEXT, "getsockopt");
  if (level == SOL_SOCKET && name == SO_COOKIE &&
      IsRefused(SO_COOKIE, __builtin_return_address(0))) {
    return -1;
  }
  return next(fd, level, name, value, size);
}

int sigaction(int number, const struct sigaction* action,
              struct sigaction* before) {
  static int (*next)(int, const struct sigaction*, struct sigaction*);
  if (next == NULL) *(void**)&next = dlsym(RTLD_NEXT, "sigaction");
  if (getenv("RAWLOOP_REFUSE") != NULL &&
      IsRefused(kSigaction, __builtin_return_address(0))) {
    return -1;
  }
  return next(number, action, before);
}
