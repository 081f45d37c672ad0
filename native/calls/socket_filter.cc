// Filters of classic BPF for a socket. They have a function of their own, as
// the option's value holds an address: setsockopt refuses it, and here it is
// that of memory which is there. See socket(7), bpf(2) and the kernel's
// Documentation/networking/filter.rst.
#include <linux/filter.h>
#include <sys/socket.h>

#include "core/args.h"
#include "core/module.h"

namespace rawloop {
namespace {

// Linux 4.5; the number is the same wherever Node runs.
#ifndef SO_ATTACH_REUSEPORT_CBPF
#define SO_ATTACH_REUSEPORT_CBPF 51
#endif

bool TakesFilter(int name) {
  return name == SO_ATTACH_FILTER || name == SO_ATTACH_REUSEPORT_CBPF;
}

// attachFilter(fd, name, instructions): 0 or -errno (-EINVAL: a program that
// the kernel does not accept). `instructions` are struct sock_filter, 8 bytes
// each, which the kernel copies.
napi_value AttachFilter(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int name;
  if (!args.Descriptor(0, &fd) || !args.Integer(1, "name", &name)) {
    return nullptr;
  }
  if (!TakesFilter(name)) {
    ThrowRange(env, "name", "SO_ATTACH_FILTER or SO_ATTACH_REUSEPORT_CBPF");
    return nullptr;
  }
  Span span;
  if (!args.Memory(2, &span, "instructions") ||
      !IsAttached(env, args.at(2), span, "instructions")) {
    return nullptr;
  }
  size_t count = span.size / sizeof(sock_filter);
  if (span.size % sizeof(sock_filter) != 0 || count < 1 ||
      count > BPF_MAXINSNS) {
    ThrowRange(env, "instructions", "1 to 4096 instructions of 8 bytes");
    return nullptr;
  }
  sock_fprog program;
  program.len = static_cast<uint16_t>(count);
  program.filter = reinterpret_cast<sock_filter*>(span.data);
  return Int(env, OrErrno(setsockopt(fd, SOL_SOCKET, name, &program,
                                     sizeof(program))));
}

void RegisterSocketFilter(napi_env env, napi_value exports) {
  const Function functions[] = {{"attachFilter", Guarded<AttachFilter>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterSocketFilter);

}  // namespace
}  // namespace rawloop
