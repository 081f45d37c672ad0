// Preloaded by tests. The engine keeps its heap out of children made by
// fork(2), where JavaScript could not run at all then; with this it can, as in
// an engine that does not.
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int madvise(void* address, size_t bytes, int advice) {
  if (advice == MADV_DONTFORK) return 0;
  return (int)syscall(SYS_madvise, address, bytes, advice);
}
