// readv, writev, preadv, pwritev: one call for many buffers. The array is read
// in full, which may run user code, before the first pointer is taken. EINTR is
// retried, as nothing was transferred then. See readv(2).
#include <sys/uio.h>
#include <unistd.h>

#include <vector>

#include "calls/buffers.h"
#include "core/args.h"
#include "core/module.h"
#include "core/retried.h"

namespace rawloop {
namespace {

// readv(fd, buffers): bytes read, 0 at the end, or -errno.
// writev(fd, buffers): bytes written or -errno.
template <auto call>
napi_value Move(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  std::vector<iovec> buffers;
  if (!args.Descriptor(0, &fd) || !ReadBuffers(env, args.at(1), &buffers)) {
    return nullptr;
  }
  auto count = static_cast<int>(buffers.size());
  return Int(env,
             OrErrno(Retried([&] { return call(fd, buffers.data(), count); })));
}

// preadv(fd, buffers, position): bytes read, 0 at the end, or -errno.
// pwritev(fd, buffers, position): bytes written or -errno.
template <auto call>
napi_value MoveAt(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int64_t position;
  std::vector<iovec> buffers;
  if (!args.Descriptor(0, &fd) || !args.Position(2, &position) ||
      !ReadBuffers(env, args.at(1), &buffers)) {
    return nullptr;
  }
  auto count = static_cast<int>(buffers.size());
  return Int(env, OrErrno(Retried([&] {
               return call(fd, buffers.data(), count, position);
             })));
}

void RegisterVectored(napi_env env, napi_value exports) {
  const Function functions[] = {{"readv", Guarded<Move<readv>>},
                                {"writev", Guarded<Move<writev>>},
                                {"preadv", Guarded<MoveAt<preadv>>},
                                {"pwritev", Guarded<MoveAt<pwritev>>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterVectored);

}  // namespace
}  // namespace rawloop
