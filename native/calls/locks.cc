// flock, and the commands of fcntl that lock a part of a file. Both may wait
// for another's lock, and the thread with them; EINTR is retried. See flock(2),
// fcntl(2), "Advisory record locking".
#include "calls/locks.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "core/module.h"
#include "core/retried.h"

namespace rawloop {
namespace {

enum LockField : size_t { kType, kWhence, kStart, kLength, kPid, kLockFields };

// flock(fd, operation): 0 or -errno (-EWOULDBLOCK: another has it, with
// LOCK_NB).
napi_value Flock(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int operation;
  if (!args.Descriptor(0, &fd) || !args.Integer(1, "operation", &operation)) {
    return nullptr;
  }
  return Int(env, OrErrno(Retried([&] { return flock(fd, operation); })));
}

void RegisterLocks(napi_env env, napi_value exports) {
  const Function functions[] = {{"flock", Guarded<Flock>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterLocks);

}  // namespace

bool TakesLock(int command) {
  switch (command) {
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
#ifdef F_OFD_SETLK
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
#endif
      return true;
    default:
      return false;
  }
}

napi_value FcntlOfLock(const Args& args, int fd, int command) {
  napi_env env = args.env();
  Span span;
  if (!args.Memory(2, &span, "arg") ||
      !IsAttached(env, args.at(2), span, "arg")) {
    return nullptr;
  }
  int64_t fields[kLockFields];
  if (span.size < sizeof(fields)) {
    ThrowRange(env, "arg", "at least 40 bytes: five int64");
    return nullptr;
  }
  memcpy(fields, span.data, sizeof(fields));
  struct flock lock = {};
  lock.l_type = static_cast<decltype(lock.l_type)>(fields[kType]);
  lock.l_whence = static_cast<decltype(lock.l_whence)>(fields[kWhence]);
  // What is cut off would be another lock.
  if (lock.l_type != fields[kType] || lock.l_whence != fields[kWhence]) {
    return Int(env, -EINVAL);
  }
  lock.l_start = fields[kStart];
  lock.l_len = fields[kLength];
  const int result = Retried([&] { return fcntl(fd, command, &lock); });
  if (result == 0) {
    const int64_t found[] = {lock.l_type, lock.l_whence, lock.l_start,
                             lock.l_len, lock.l_pid};
    memcpy(span.data, found, sizeof(found));
  }
  return Int(env, OrErrno(result));
}

}  // namespace rawloop
