// readv, writev, preadv, pwritev: one call for many buffers. The array is read
// in full, which may run user code, before the first pointer is taken. EINTR is
// retried, as nothing was transferred then. See readv(2).
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "core/args.h"
#include "core/module.h"

namespace rawloop {
namespace {

constexpr uint32_t kMaxBuffers = 1024;  // IOV_MAX on every supported system

bool ReadBuffers(napi_env env, napi_value array, std::vector<iovec>* out) {
  bool is_array = false;
  napi_is_array(env, array, &is_array);
  if (!is_array) {
    ThrowType(env, "buffers", "an array of buffers");
    return false;
  }
  uint32_t length = 0;
  napi_get_array_length(env, array, &length);
  if (length > kMaxBuffers) {
    ThrowRange(env, "buffers", "an array of at most 1024 buffers");
    return false;
  }
  std::vector<napi_value> values(length);
  for (uint32_t i = 0; i < length; i++) {
    if (napi_get_element(env, array, i, &values[i]) != napi_ok) return false;
  }
  size_t room = kMaxTransferBytes;
  for (napi_value value : values) {
    Span span;
    if (!ReadSpan(env, value, &span)) {
      ThrowType(env, "buffers", "an array of buffers");
      return false;
    }
    if (!IsAttached(env, value, span, "buffers")) return false;
    if (span.size > room) span.size = room;
    room -= span.size;
    out->push_back({span.data, span.size});
  }
  return true;
}

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
