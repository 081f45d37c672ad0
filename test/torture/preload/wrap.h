// How a wrapper is made. A call that is to fail is not made.
#ifndef RAWLOOP_TORTURE_WRAP_H_
#define RAWLOOP_TORTURE_WRAP_H_

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "strike.h"

// What older headers lack.
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#define SYS_pidfd_open 434
#endif

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

#define CALLER __builtin_return_address(0)

// The definition behind ours, looked for once. Two threads that look at the
// same time find the same.
#define NEXT(name)                                     \
  static __typeof__(&name) next;                       \
  if (next == NULL) {                                  \
    next = (__typeof__(&name))dlsym(RTLD_NEXT, #name); \
  }

#define FAIL_IF_STRUCK(call, fd)                  \
  do {                                            \
    int error = Strike(kCall_##call, CALLER, fd); \
    if (error != 0) {                             \
      errno = error;                              \
      return -1;                                  \
    }                                             \
  } while (0)

// The most bytes of a short answer.
#define SHORT_BYTES ((size_t)100)

// What is transferred may also come short, or not at all.
#define LESS_IF_STRUCK(call, fd, size)            \
  do {                                            \
    int error = Strike(call, CALLER, fd);         \
    if (error == kNothing) return 0;              \
    if (error == kShort) {                        \
      if (size > SHORT_BYTES) size = SHORT_BYTES; \
    } else if (error != 0) {                      \
      errno = error;                              \
      return -1;                                  \
    }                                             \
  } while (0)

#define WRAP(result, name, call, fd, parameters, arguments) \
  result name parameters {                                  \
    NEXT(name)                                              \
    FAIL_IF_STRUCK(call, fd);                               \
    return next arguments;                                  \
  }

#endif  // RAWLOOP_TORTURE_WRAP_H_
