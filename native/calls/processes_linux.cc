// What Linux alone has for processes: one as a descriptor, which never stands
// for another process that was given the same number; the limits of any; and
// many descriptors marked at once. By number, as older C libraries have no
// functions for them. See pidfd_open(2), pidfd_send_signal(2), prlimit(2),
// close_range(2).
#include <sys/resource.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"
#include "os/process_calls.h"

namespace rawloop {
namespace {

// pidfd_open(pid, flags?): descriptor or -errno. It is close-on-exec by itself.
napi_value PidfdOpen(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int pid;
  unsigned flags = 0;
  if (!args.Integer(0, "pid", &pid) ||
      !args.OptionalInteger(1, "flags", &flags)) {
    return nullptr;
  }
  return Opened(env, OpenPidfd(pid, flags));
}

// pidfd_send_signal(pidfd, sig, info?, flags?): 0 or -errno. `info` is for what
// the kernel lets nobody say in another's name: it is left out.
napi_value PidfdSendSignal(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int pidfd;
  int signal;
  unsigned flags = 0;
  if (!args.Descriptor(0, &pidfd, "pidfd") ||
      !args.Integer(1, "sig", &signal)) {
    return nullptr;
  }
  if (args.Has(2)) {
    ThrowType(env, "info", "undefined or null");
    return nullptr;
  }
  if (!args.OptionalInteger(3, "flags", &flags)) return nullptr;
  return Int(env, OrErrno(SignalPidfd(pidfd, signal, flags)));
}

// Two words of 64 bits: the soft limit and the hard one.
constexpr size_t kLimitBytes = 2 * sizeof(uint64_t);

// Whether argument `index` is such memory, or left out, and `out` empty then.
bool ReadLimits(const Args& args, size_t index, const char* name, Span* out) {
  if (!args.Has(index)) return true;
  if (!args.Memory(index, out, name)) return false;
  if (out->size >= kLimitBytes) return true;
  ThrowRange(args.env(), name, "2 words of 64 bits");
  return false;
}

// prlimit(pid, resource, new_limit, old_limit?): 0 or -errno.
napi_value Prlimit(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int pid;
  int resource;
  Span wanted;
  Span found;
  if (!args.Integer(0, "pid", &pid) ||
      !args.Integer(1, "resource", &resource) ||
      !ReadLimits(args, 2, "new_limit", &wanted) ||
      !ReadLimits(args, 3, "old_limit", &found)) {
    return nullptr;
  }
  uint64_t new_words[2];
  uint64_t old_words[2];
  if (wanted.data != nullptr) memcpy(new_words, wanted.data, kLimitBytes);
  int result = OrErrno(
      LimitProcess(pid, resource, wanted.data == nullptr ? nullptr : new_words,
                   found.data == nullptr ? nullptr : old_words));
  if (result == 0 && found.data != nullptr) {
    memcpy(found.data, old_words, kLimitBytes);
  }
  return Int(env, result);
}

// close_range(first, last, flags): 0 or -errno. Only to mark: without
// CLOSE_RANGE_CLOEXEC it would close what the host has open, -EPERM.
napi_value CloseRange(napi_env env, napi_callback_info info) {
  Args args(env, info);
  unsigned first;
  unsigned last;
  unsigned flags;
  if (!args.Integer(0, "first", &first) || !args.Integer(1, "last", &last) ||
      !args.Integer(2, "flags", &flags)) {
    return nullptr;
  }
  if (flags != kCloseRangeCloexec) return Int(env, -EPERM);
  return Int(env, OrErrno(CloseDescriptors(first, last, flags)));
}

void RegisterProcessesOfLinux(napi_env env, napi_value exports) {
  const Function functions[] = {{"pidfd_open", Guarded<PidfdOpen>},
                                {"pidfd_send_signal", Guarded<PidfdSendSignal>},
                                {"prlimit", Guarded<Prlimit>},
                                {"close_range", Guarded<CloseRange>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterProcessesOfLinux);

}  // namespace
}  // namespace rawloop
