// The wrappers of calls that start processes, also those that a child makes
// before its program runs: it shares our memory, and so what is armed.
#define _GNU_SOURCE
#include <sched.h>
#include <stdarg.h>
#include <unistd.h>

#include "wrap.h"

WRAP(int, execve, execve, -1,
     (const char* path, char* const arguments[], char* const environment[]),
     (path, arguments, environment))
WRAP(int, chdir, chdir, -1, (const char* path), (path))
WRAP(int, dup2, dup2, from, (int from, int to), (from, to))

int clone(int (*run)(void*), void* stack, int flags, void* argument, ...) {
  NEXT(clone)
  va_list list;
  va_start(list, argument);
  pid_t* parent = va_arg(list, pid_t*);
  void* storage = va_arg(list, void*);
  pid_t* child = va_arg(list, pid_t*);
  va_end(list);
  FAIL_IF_STRUCK(clone, -1);
  return next(run, stack, flags, argument, parent, storage, child);
}
