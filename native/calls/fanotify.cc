// fanotify: what happens in a whole mount or file system, and who may open
// what. Linux, and for most of it CAP_SYS_ADMIN; elsewhere see
// linux_events_absent.cc. See fanotify(7).
#include <fcntl.h>
#include <sys/fanotify.h>

#include <cstdint>

#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"
#include "core/retried.h"
#include "jobs/scratch.h"

namespace rawloop {
namespace {

// fanotify_init(flags, event_f_flags): descriptor or -errno. What it opens, and
// what comes with its events, is close-on-exec.
napi_value FanotifyInit(napi_env env, napi_callback_info info) {
  Args args(env, info);
  unsigned int flags;
  unsigned int event_flags = 0;
  if (!args.Integer(0, "flags", &flags) ||
      !args.OptionalInteger(1, "event_f_flags", &event_flags)) {
    return nullptr;
  }
  return Opened(env,
                fanotify_init(flags | FAN_CLOEXEC, event_flags | O_CLOEXEC));
}

// fanotify_mark(fd, flags, mask, dirfd, pathname?): 0 or -errno. Without a path
// it is `dirfd` itself.
napi_value FanotifyMark(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  unsigned int flags;
  double mask;
  int folder;
  Scratch path;
  if (!args.Descriptor(0, &fd) || !args.Integer(1, "flags", &flags) ||
      !ReadInteger(env, args.at(2), "mask", 0, kMaxSafeInteger, &mask) ||
      !args.Integer(3, "dirfd", &folder) ||
      (args.Has(4) && !path.CopyPath(env, args.at(4), "pathname"))) {
    return nullptr;
  }
  const char* name = args.Has(4) ? path.text() : nullptr;
  auto bits = static_cast<uint64_t>(mask);
  int result =
      Retried([&] { return fanotify_mark(fd, flags, bits, folder, name); });
  return Int(env, OrErrno(result));
}

void RegisterFanotify(napi_env env, napi_value exports) {
  const Function functions[] = {{"fanotify_init", Guarded<FanotifyInit>},
                                {"fanotify_mark", Guarded<FanotifyMark>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterFanotify);

}  // namespace
}  // namespace rawloop
