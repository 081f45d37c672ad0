// readv and writev: one call for many buffers. See readv(2).
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "calls/buffers.h"
#include "core/args.h"
#include "core/module.h"

namespace rawloop {
namespace {

// readv(fd, buffers): bytes read, 0 at the end, or -errno.
napi_value Readv(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  std::vector<iovec> buffers;
  if (!args.Descriptor(0, &fd) || !ReadBuffers(env, args.at(1), &buffers)) {
    return nullptr;
  }
  ssize_t result;
  do {
    result = readv(fd, buffers.data(), static_cast<int>(buffers.size()));
  } while (result < 0 && errno == EINTR);
  return Int(env, OrErrno(result));
}

// writev(fd, buffers): bytes written or -errno.
napi_value Writev(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  std::vector<iovec> buffers;
  if (!args.Descriptor(0, &fd) || !ReadBuffers(env, args.at(1), &buffers)) {
    return nullptr;
  }
  ssize_t result;
  do {
    result = writev(fd, buffers.data(), static_cast<int>(buffers.size()));
  } while (result < 0 && errno == EINTR);
  return Int(env, OrErrno(result));
}

void RegisterVectored(napi_env env, napi_value exports) {
  const Function functions[] = {{"readv", Guarded<Readv>},
                                {"writev", Guarded<Writev>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterVectored);

}  // namespace
}  // namespace rawloop
