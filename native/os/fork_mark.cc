// How a child made by fork(2) knows that it is one: a page that is empty there.
// The child shares the parent's poller, whose set it would change. A look at
// memory, as getpid(2) in each wait is a system call. Linux 4.14. See
// madvise(2).
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "core/args.h"
#include "core/module.h"

namespace rawloop {
namespace {

size_t PageBytes() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

void Unmap(napi_env, void* page, void*) { munmap(page, PageBytes()); }

// forkMark(): ArrayBuffer, or -errno where the kernel or the host has no way.
napi_value ForkMark(napi_env env, napi_callback_info) {
  const size_t bytes = PageBytes();
  void* page = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return Int(env, -errno);
  if (madvise(page, bytes, MADV_WIPEONFORK) != 0) {
    const int error = errno;
    munmap(page, bytes);
    return Int(env, -error);
  }
  napi_value mark;
  if (napi_create_external_arraybuffer(env, page, bytes, Unmap, nullptr,
                                       &mark) == napi_ok) {
    return mark;
  }
  munmap(page, bytes);
  return Int(env, -ENOSYS);
}

void RegisterForkMark(napi_env env, napi_value exports) {
  const Function functions[] = {{"forkMark", Guarded<ForkMark>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterForkMark);

}  // namespace
}  // namespace rawloop
