// epoll and eventfd where there are none: macOS and the BSDs.
#include "core/absent.h"
#include "core/modules.h"

namespace rawloop {

void RegisterEpoll(napi_env env, napi_value exports) {
  const Function functions[] = {
      {"epoll_create1", AbsentCall}, {"epoll_ctl", AbsentCall},
      {"epollClose", AbsentCall},    {"epoll_wait", AbsentCall},
      {"epoll_pwait2", AbsentCall},
  };
  Export(env, exports, functions);
}

void RegisterEventfd(napi_env env, napi_value exports) {
  const Function functions[] = {{"eventfd", AbsentCall}};
  Export(env, exports, functions);
}

}  // namespace rawloop
