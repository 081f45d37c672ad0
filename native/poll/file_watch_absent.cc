// FileWatch where there is no epoll. See file_watcher.h.
#include "core/absent.h"
#include "core/module.h"

namespace rawloop {
namespace {

void RegisterFileWatch(napi_env env, napi_value exports) {
  const Function functions[] = {
      {"isToldOnce", AbsentCall},
      {"FileWatch", AbsentCall},
  };
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterFileWatch);

}  // namespace
}  // namespace rawloop
