// A library to preload: the kernel refuses epoll_ctl to the addon when a test
// says so. RAWLOOP_REFUSE names a file of three ints: the errno, the operation
// (0: any) and how many calls are still to fail. The host's own calls pass.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>

static volatile int* Orders(void) {
  static volatile int* orders;
  if (orders == NULL) {
    int fd = open(getenv("RAWLOOP_REFUSE"), O_RDWR | O_CLOEXEC);
    orders = mmap(NULL, 12, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  }
  return orders;
}

int epoll_ctl(int epfd, int op, int fd, struct epoll_event* event) {
  static int (*next)(int, int, int, struct epoll_event*);
  if (next == NULL) *(void**)&next = dlsym(RTLD_NEXT, "epoll_ctl");
  Dl_info caller;
  volatile int* orders = Orders();
  if (orders[2] > 0 && (orders[1] == 0 || orders[1] == op) &&
      dladdr(__builtin_return_address(0), &caller) &&
      strstr(caller.dli_fname, "rawloop") != NULL) {
    orders[2]--;
    errno = orders[0];
    return -1;
  }
  return next(epfd, op, fd, event);
}
