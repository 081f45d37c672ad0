// ioctl: what a device can do beside read and write. See ioctl(2), and
// ioctl_requests.h for what is made at all.
#include <fcntl.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstdint>
#include <string>

#include "calls/ioctl_requests.h"
#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"

namespace rawloop {
namespace {

// EINTR is returned: a request may have done a part of its work, and one that
// waits (TCSBRK) would wait anew.
napi_value Ask(napi_env env, int fd, uint32_t request, void* argument) {
  return Int(env, OrErrno(ioctl(fd, request, argument)));
}

napi_value AskWithBytes(const Args& args, int fd, uint32_t request,
                        uint32_t bytes) {
  napi_env env = args.env();
  Span span;
  if (!args.Memory(2, &span, "arg") ||
      !IsAttached(env, args.at(2), span, "arg")) {
    return nullptr;
  }
  if (span.size < bytes) {
    std::string expected =
        "at least " + std::to_string(bytes) + " bytes for this request";
    ThrowRange(env, "arg", expected.c_str());
    return nullptr;
  }
  return Ask(env, fd, request, span.data);
}

// A descriptor that the kernel opens has to be close-on-exec from the start:
// the number is flags of open(2).
napi_value AskToOpen(napi_env env, int fd, uint32_t request, int flags) {
  return Opened(env, ioctl(fd, request, flags | O_CLOEXEC));
}

// ioctl(fd, request, arg?: number | bytes): the request's result, or -errno
// (-ENOTTY: the descriptor has no such request, or it is on no list).
napi_value Ioctl(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  uint32_t code;
  int number = 0;
  if (!args.Descriptor(0, &fd) || !args.Integer(1, "request", &code)) {
    return nullptr;
  }
  Span span;
  bool has_bytes = ReadSpan(env, args.at(2), &span);
  if (args.Has(2) && !has_bytes && !args.Integer(2, "arg", &number)) {
    return nullptr;
  }
  IoctlRequest request = FindIoctl(code);
  if (request.argument == IoctlArgument::kUnknown) return Int(env, -ENOTTY);
  bool takes_bytes = request.argument == IoctlArgument::kBytes ||
                     (request.argument == IoctlArgument::kInt && has_bytes);
  if (takes_bytes) return AskWithBytes(args, fd, code, request.bytes);
  if (has_bytes) {
    ThrowType(env, "arg", "a number for this request");
    return nullptr;
  }
  switch (request.argument) {
    case IoctlArgument::kInt:
      return Ask(env, fd, code, &number);
    case IoctlArgument::kOpens:
      return AskToOpen(env, fd, code, number);
    case IoctlArgument::kNumber:
      return Ask(env, fd, code,
                 reinterpret_cast<void*>(static_cast<intptr_t>(number)));
    default:
      return Ask(env, fd, code, nullptr);
  }
}

void RegisterIoctl(napi_env env, napi_value exports) {
  const Function functions[] = {{"ioctl", Guarded<Ioctl>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterIoctl);

}  // namespace
}  // namespace rawloop
