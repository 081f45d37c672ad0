// timerfd: a timer of the kernel's behind a descriptor. A struct itimerspec is
// memory of four 64-bit integers, as the kernel has it: the interval's seconds
// and nanoseconds, then the value's. Linux; elsewhere see
// linux_events_absent.cc. See timerfd_create(2).
#include <sys/timerfd.h>

#include <cstdint>
#include <cstring>

#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"

namespace rawloop {
namespace {

static_assert(sizeof(itimerspec) == 4 * sizeof(int64_t),
              "32-bit systems are not served");

// Memory for one itimerspec.
bool ReadTimes(const Args& args, size_t index, const char* name, Span* out) {
  if (!args.Memory(index, out, name) ||
      !IsAttached(args.env(), args.at(index), *out, name)) {
    return false;
  }
  if (out->size >= sizeof(itimerspec)) return true;
  ThrowRange(args.env(), name, "memory of four 64-bit integers");
  return false;
}

// timerfd_create(clockid, flags?): descriptor or -errno.
napi_value TimerfdCreate(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int clock;
  int flags = 0;
  if (!args.Integer(0, "clockid", &clock) ||
      !args.OptionalInteger(1, "flags", &flags)) {
    return nullptr;
  }
  return Opened(env, timerfd_create(clock, flags | TFD_CLOEXEC));
}

// timerfd_settime(fd, flags, new_value, old_value?): 0 or -errno.
napi_value TimerfdSettime(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int flags;
  Span given;
  Span before;
  if (!args.Descriptor(0, &fd) || !args.Integer(1, "flags", &flags) ||
      !ReadTimes(args, 2, "new_value", &given) ||
      (args.Has(3) && !ReadTimes(args, 3, "old_value", &before))) {
    return nullptr;
  }
  itimerspec value;
  itimerspec old{};
  memcpy(&value, given.data, sizeof(value));
  int result = timerfd_settime(fd, flags, &value, &old);
  if (result < 0) return Int(env, OrErrno(result));
  if (before.data != nullptr) memcpy(before.data, &old, sizeof(old));
  return Int(env, 0);
}

// timerfd_gettime(fd, curr_value): 0 or -errno.
napi_value TimerfdGettime(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  Span room;
  if (!args.Descriptor(0, &fd) || !ReadTimes(args, 1, "curr_value", &room)) {
    return nullptr;
  }
  itimerspec value;
  int result = timerfd_gettime(fd, &value);
  if (result < 0) return Int(env, OrErrno(result));
  memcpy(room.data, &value, sizeof(value));
  return Int(env, 0);
}

void RegisterTimerfd(napi_env env, napi_value exports) {
  const Function functions[] = {{"timerfd_create", Guarded<TimerfdCreate>},
                                {"timerfd_settime", Guarded<TimerfdSettime>},
                                {"timerfd_gettime", Guarded<TimerfdGettime>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterTimerfd);

}  // namespace
}  // namespace rawloop
