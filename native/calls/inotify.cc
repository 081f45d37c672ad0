// inotify: what happens in folders and to files, as records to read from a
// descriptor; lib/raw/inotify.ts takes them apart. Linux; elsewhere see
// linux_events_absent.cc. See inotify(7).
#include <sys/inotify.h>

#include <cstdint>

#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"
#include "jobs/scratch.h"

namespace rawloop {
namespace {

// inotify_init1(flags?): descriptor or -errno.
napi_value InotifyInit1(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int flags = 0;
  if (!args.OptionalInteger(0, "flags", &flags)) return nullptr;
  return Opened(env, inotify_init1(flags | IN_CLOEXEC));
}

// inotify_add_watch(fd, pathname, mask): a watch descriptor, which is a number
// of this instance's alone, or -errno. The mask may be negative, as IN_ONESHOT
// makes it. No signal cuts it short.
napi_value InotifyAddWatch(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  double mask;
  Scratch path;
  if (!args.Descriptor(0, &fd) ||
      !ReadInteger(env, args.at(2), "mask", INT32_MIN, UINT32_MAX, &mask) ||
      !path.CopyPath(env, args.at(1), "pathname")) {
    return nullptr;
  }
  auto bits = static_cast<uint32_t>(static_cast<int64_t>(mask));
  return Int(env, OrErrno(inotify_add_watch(fd, path.text(), bits)));
}

// inotify_rm_watch(fd, wd): 0 or -errno.
napi_value InotifyRmWatch(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int watch;
  if (!args.Descriptor(0, &fd) || !args.Integer(1, "wd", &watch)) {
    return nullptr;
  }
  return Int(env, OrErrno(inotify_rm_watch(fd, watch)));
}

void RegisterInotify(napi_env env, napi_value exports) {
  const Function functions[] = {{"inotify_init1", Guarded<InotifyInit1>},
                                {"inotify_add_watch", Guarded<InotifyAddWatch>},
                                {"inotify_rm_watch", Guarded<InotifyRmWatch>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterInotify);

}  // namespace
}  // namespace rawloop
