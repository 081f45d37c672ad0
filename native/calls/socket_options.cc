// setsockopt and getsockopt. An option's value is a number (the kernel's int)
// or raw bytes. See setsockopt(2), socket(7), tcp(7), ip(7), ipv6(7).
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

#include "calls/socket_option_lists.h"
#include "core/args.h"
#include "core/module.h"

namespace rawloop {
namespace {

struct Option {
  int fd;
  int level;
  int name;
};

bool ReadOption(const Args& args, Option* out) {
  return args.Descriptor(0, &out->fd) &&
         args.Integer(1, "level", &out->level) &&
         args.Integer(2, "name", &out->name);
}

// setsockopt(fd, level, name, value: number | bytes): 0 or -errno
// (-ENOPROTOOPT: no such option, or none that is known to hold no address).
napi_value Setsockopt(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Option option;
  if (!ReadOption(args, &option)) return nullptr;
  Span bytes;
  int number;
  const void* data = &number;
  auto size = static_cast<socklen_t>(sizeof(number));
  if (ReadSpan(env, args.at(3), &bytes)) {
    if (!IsAttached(env, args.at(3), bytes, "value")) return nullptr;
    data = bytes.data;
    size = static_cast<socklen_t>(bytes.size);
  } else if (!args.Integer(3, "value", &number)) {
    return nullptr;
  }
  if (!MaySetOption(option.level, option.name)) {
    return Int(env, -ENOPROTOOPT);
  }
  return Int(env, OrErrno(setsockopt(option.fd, option.level, option.name, data,
                                     size)));
}

// getsockopt(fd, level, name): the number, or -errno.
// getsockopt(fd, level, name, bytes): the length that was filled, or -errno
// (-ENOPROTOOPT: no such option, or none that is known to keep to the length).
napi_value Getsockopt(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Option option;
  if (!ReadOption(args, &option)) return nullptr;
  if (!MayGetOption(option.level, option.name)) {
    return Int(env, -ENOPROTOOPT);
  }
  if (args.Has(3)) {
    Span bytes;
    if (!args.Memory(3, &bytes, "value") ||
        !IsAttached(env, args.at(3), bytes, "value")) {
      return nullptr;
    }
    auto size = static_cast<socklen_t>(
        bytes.size > kMaxTransferBytes ? kMaxTransferBytes : bytes.size);
    int result =
        getsockopt(option.fd, option.level, option.name, bytes.data, &size);
    return Int(env, result < 0 ? -errno : static_cast<int32_t>(size));
  }
  int number = 0;
  socklen_t size = sizeof(number);
  int result = getsockopt(option.fd, option.level, option.name, &number, &size);
  return Int(env, result < 0 ? -errno : number);
}

void RegisterSocketOptions(napi_env env, napi_value exports) {
  const Function functions[] = {{"setsockopt", Guarded<Setsockopt>},
                                {"getsockopt", Guarded<Getsockopt>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterSocketOptions);

}  // namespace
}  // namespace rawloop
