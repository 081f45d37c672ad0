// setsockopt and getsockopt. An option's value is a number (the kernel's int)
// or raw bytes. See setsockopt(2), socket(7), tcp(7), ip(7), ipv6(7).
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

#include "args.h"
#include "modules.h"

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

struct OptionRange {
  int level;
  int first;
  int last;
};

// Options for which the kernel does not keep to the length that it is told: it
// writes to an address that stands in the bytes, or as many elements as they
// say there is room for. Bytes from JavaScript must not decide that.
constexpr OptionRange kUnbounded[] = {
#if defined(__linux__)
    {SOL_SOCKET, 26, 26},    // SO_GET_FILTER: the length counts instructions
    {IPPROTO_TCP, 35, 35},   // TCP_ZEROCOPY_RECEIVE: an address
    {IPPROTO_IP, 41, 41},    // IP_MSFILTER: a count
    {IPPROTO_IP, 48, 48},    // MCAST_MSFILTER: a count
    {IPPROTO_IPV6, 48, 48},  // MCAST_MSFILTER: a count
#endif
    {-1, 0, -1},
};

// The tables of netfilter hold addresses that are written to either way.
constexpr OptionRange kAddresses[] = {
#if defined(__linux__)
    {IPPROTO_IP, 64, 131},   // ip_tables, arp_tables, ebtables
    {IPPROTO_IPV6, 64, 65},  // ip6_tables
#endif
    {-1, 0, -1},
};

template <size_t N>
bool IsIn(const Option& option, const OptionRange (&ranges)[N]) {
  for (const OptionRange& range : ranges) {
    if (option.level == range.level && option.name >= range.first &&
        option.name <= range.last) {
      return true;
    }
  }
  return false;
}

// setsockopt(fd, level, name, value: number | bytes): 0 or -errno
// (-ENOPROTOOPT: no such option, or one that holds addresses).
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
  if (IsIn(option, kAddresses)) return Int(env, -ENOPROTOOPT);
  return Int(env, OrErrno(setsockopt(option.fd, option.level, option.name, data,
                                     size)));
}

// getsockopt(fd, level, name): the number, or -errno.
// getsockopt(fd, level, name, bytes): the length that was filled, or -errno
// (-ENOPROTOOPT: no such option, or one that is not bounded by the length).
napi_value Getsockopt(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Option option;
  if (!ReadOption(args, &option)) return nullptr;
  if (IsIn(option, kUnbounded) || IsIn(option, kAddresses)) {
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

}  // namespace

void RegisterSocketOptions(napi_env env, napi_value exports) {
  const Function functions[] = {{"setsockopt", Setsockopt},
                                {"getsockopt", Getsockopt}};
  Export(env, exports, functions);
}

}  // namespace rawloop
