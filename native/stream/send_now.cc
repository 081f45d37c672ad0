// sendNow, writeNow: the bytes of one stream that are too many to be gathered,
// as they are. See send(2), write(2).
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/args.h"
#include "core/module.h"
#include "os/opening.h"
#include "os/transfer.h"

namespace rawloop {
namespace {

using SendCall = ssize_t (*)(int fd, const void* data, size_t size);

ssize_t BySend(int fd, const void* data, size_t size) {
  return SendNow(fd, data, size, kSendFlags);
}

ssize_t ByWrite(int fd, const void* data, size_t size) {
  return write(fd, data, size);
}

// (fd, bytes): sends a Uint8Array, as much of it as the kernel takes. The count
// or -errno.
template <SendCall Send>
napi_value SendBytes(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  napi_typedarray_type type{};
  size_t size = 0;
  void* data = nullptr;
  if (!args.Descriptor(0, &fd)) return nullptr;
  if (napi_get_typedarray_info(env, args.at(1), &type, &size, &data, nullptr,
                               nullptr) != napi_ok ||
      type != napi_uint8_array) {
    ThrowType(env, "bytes", "a Uint8Array");
    return nullptr;
  }
  // A detached buffer has no memory, whatever length its view still claims.
  if (data == nullptr) size = 0;
  if (!IsAttached(env, args.at(1), {static_cast<uint8_t*>(data), size},
                  "bytes")) {
    return nullptr;
  }
  ssize_t sent;
  do {
    sent = Send(fd, data, std::min(size, kMaxTransferBytes));
  } while (sent < 0 && errno == EINTR);
  return Int(env, OrErrno(sent));
}

void RegisterSendNow(napi_env env, napi_value exports) {
  const Function functions[] = {{"sendNow", Guarded<SendBytes<BySend>>},
                                {"writeNow", Guarded<SendBytes<ByWrite>>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterSendNow);

}  // namespace
}  // namespace rawloop
