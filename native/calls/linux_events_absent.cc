// What Linux alone has descriptors of: files and folders that change, timers,
// signals. kqueue has filters for all of these but fanotify's.
#include "core/absent.h"
#include "core/module.h"

namespace rawloop {
namespace {

void RegisterLinuxEvents(napi_env env, napi_value exports) {
  const Function functions[] = {
      {"inotify_init1", AbsentCall},    {"inotify_add_watch", AbsentCall},
      {"inotify_rm_watch", AbsentCall}, {"timerfd_create", AbsentCall},
      {"timerfd_settime", AbsentCall},  {"timerfd_gettime", AbsentCall},
      {"signalfd", AbsentCall},         {"fanotify_init", AbsentCall},
      {"fanotify_mark", AbsentCall},
  };
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterLinuxEvents);

}  // namespace
}  // namespace rawloop
