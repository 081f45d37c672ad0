// sendNow, writeNow, writeFileNow, writeShared: the bytes of one stream that
// are too many to be gathered, as they are. See send(2), write(2), shared.h.
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "core/args.h"
#include "core/module.h"
#include "core/retried.h"
#include "os/opening.h"
#include "os/transfer.h"
#include "stream/layout.h"
#include "stream/shared.h"

namespace rawloop {
namespace {

using SendCall = ssize_t (*)(int fd, const void* data, size_t size);

ssize_t BySend(int fd, const void* data, size_t size) {
  return SendNow(fd, data, size, kSendFlags);
}

ssize_t ByWrite(int fd, const void* data, size_t size) {
  return write(fd, data, size);
}

// Of a file. A write over the limit of the process (RLIMIT_FSIZE) raises
// SIGXFSZ in this thread, of which the process would die: it is told as EFBIG
// alone, as on the threads of a pool, which block signals.
ssize_t ByFileWrite(int fd, const void* data, size_t size) {
  sigset_t limit;
  sigset_t mask;
  sigemptyset(&limit);
  sigaddset(&limit, SIGXFSZ);
  pthread_sigmask(SIG_BLOCK, &limit, &mask);
  const ssize_t written = write(fd, data, size);
  const int error = errno;
  sigset_t pending;
  if (written < 0 && error == EFBIG && sigpending(&pending) == 0 &&
      sigismember(&pending, SIGXFSZ) == 1 && sigismember(&mask, SIGXFSZ) == 0) {
    int taken;
    sigwait(&limit, &taken);
  }
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  errno = error;
  return written;
}

// Argument 1, a Uint8Array: cheaper than Args::Memory, as nothing else is
// looked for.
bool ReadBytes(const Args& args, Span* out) {
  napi_env env = args.env();
  napi_typedarray_type type{};
  size_t size = 0;
  void* data = nullptr;
  if (napi_get_typedarray_info(env, args.at(1), &type, &size, &data, nullptr,
                               nullptr) != napi_ok ||
      type != napi_uint8_array) {
    ThrowType(env, "bytes", "a Uint8Array");
    return false;
  }
  // A detached buffer has no memory, whatever length its view still claims.
  out->data = static_cast<uint8_t*>(data);
  out->size = data == nullptr ? 0 : std::min(size, kMaxTransferBytes);
  return IsAttached(env, args.at(1), *out, "bytes");
}

// (fd, bytes): sends a Uint8Array, as much of it as the kernel takes. The count
// or -errno.
template <SendCall Send>
napi_value SendBytes(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  Span bytes;
  if (!args.Descriptor(0, &fd) || !ReadBytes(args, &bytes)) return nullptr;
  ssize_t sent = Retried([&] { return Send(fd, bytes.data, bytes.size); });
  return Int(env, OrErrno(sent));
}

// writeShared(fd, bytes, transfer): the same for a descriptor that blocks.
napi_value WriteSharedBytes(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int32_t transfer;
  Span bytes;
  if (!args.Descriptor(0, &fd) ||
      !args.Integer(2, "transfer", &transfer,
                    static_cast<int32_t>(Transfer::kSharedPipe),
                    static_cast<int32_t>(Transfer::kSharedDevice)) ||
      !ReadBytes(args, &bytes)) {
    return nullptr;
  }
  iovec part{bytes.data, bytes.size};
  return Int(env, OrErrno(WriteShared(transfer, fd, &part, 1)));
}

void RegisterSendNow(napi_env env, napi_value exports) {
  const Function functions[] = {
      {"sendNow", Guarded<SendBytes<BySend>>},
      {"writeNow", Guarded<SendBytes<ByWrite>>},
      {"writeFileNow", Guarded<SendBytes<ByFileWrite>>},
      {"writeShared", Guarded<WriteSharedBytes>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterSendNow);

}  // namespace
}  // namespace rawloop
