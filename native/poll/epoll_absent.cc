// epoll and eventfd where there are none: macOS and the BSDs.
#include <cerrno>

#include "core/absent.h"
#include "core/module.h"
#include "poll/wait.h"

namespace rawloop {

int32_t EpollWaitFor(const Wait& /*wait*/) { return -ENOSYS; }

namespace {

void RegisterEpoll(napi_env env, napi_value exports) {
  const Function functions[] = {
      {"epoll_create1", AbsentCall}, {"epoll_ctl", AbsentCall},
      {"epollClose", AbsentCall},    {"epoll_wait", AbsentCall},
      {"epoll_pwait2", AbsentCall},
  };
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterEpoll);

void RegisterEventfd(napi_env env, napi_value exports) {
  const Function functions[] = {{"eventfd", AbsentCall}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterEventfd);

}  // namespace
}  // namespace rawloop
