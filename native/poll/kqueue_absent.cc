// kqueue, raw and as a poller, where there is none: Linux.
#include <cerrno>

#include "core/absent.h"
#include "core/modules.h"
#include "poll/wait.h"

namespace rawloop {

int32_t KqueueWaitFor(const Wait& /*wait*/) { return -ENOSYS; }

void RegisterKqueue(napi_env env, napi_value exports) {
  const Function functions[] = {{"kqueue", AbsentCall}, {"kevent", AbsentCall}};
  Export(env, exports, functions);
}

void RegisterKqueuePoller(napi_env env, napi_value exports) {
  const Function functions[] = {{"kqueueAddWaker", AbsentCall},
                                {"kqueueHas", AbsentCall},
                                {"kqueueUpdate", AbsentCall},
                                {"kqueueWait", AbsentCall},
                                {"kqueueWake", AbsentCall}};
  Export(env, exports, functions);
}

}  // namespace rawloop
