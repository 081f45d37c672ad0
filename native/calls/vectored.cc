// readv, writev, preadv, pwritev: one call for many buffers. The array is read
// in full, which may run user code, before the first pointer is taken. EINTR is
// retried, as nothing was transferred then. See readv(2).
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

// (fd, buffers, position)
bool ReadPositioned(const Args& args, int* fd, std::vector<iovec>* buffers,
                    int64_t* position) {
  return args.Descriptor(0, fd) && args.Position(2, position) &&
         ReadBuffers(args.env(), args.at(1), buffers);
}

// preadv(fd, buffers, position): bytes read, 0 at the end, or -errno.
napi_value Preadv(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int64_t position;
  std::vector<iovec> buffers;
  if (!ReadPositioned(args, &fd, &buffers, &position)) return nullptr;
  ssize_t result;
  do {
    result =
        preadv(fd, buffers.data(), static_cast<int>(buffers.size()), position);
  } while (result < 0 && errno == EINTR);
  return Int(env, OrErrno(result));
}

// pwritev(fd, buffers, position): bytes written or -errno.
napi_value Pwritev(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int64_t position;
  std::vector<iovec> buffers;
  if (!ReadPositioned(args, &fd, &buffers, &position)) return nullptr;
  ssize_t result;
  do {
    result =
        pwritev(fd, buffers.data(), static_cast<int>(buffers.size()), position);
  } while (result < 0 && errno == EINTR);
  return Int(env, OrErrno(result));
}

void RegisterVectored(napi_env env, napi_value exports) {
  const Function functions[] = {{"readv", Guarded<Readv>},
                                {"writev", Guarded<Writev>},
                                {"preadv", Guarded<Preadv>},
                                {"pwritev", Guarded<Pwritev>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterVectored);

}  // namespace
}  // namespace rawloop
