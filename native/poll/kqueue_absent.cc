// kqueue, raw and as a poller, where there is none: Linux.
#include <cerrno>

#include "core/absent.h"
#include "core/module.h"
#include "poll/wait.h"

namespace rawloop {

int32_t KqueueWaitFor(const Wait& /*wait*/) { return -ENOSYS; }

namespace {

void RegisterKqueue(napi_env env, napi_value exports) {
  const Function functions[] = {{"kqueue", AbsentCall}, {"kevent", AbsentCall}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterKqueue);

void RegisterKqueuePoller(napi_env env, napi_value exports) {
  const Function functions[] = {{"kqueueAddWaker", AbsentCall},
                                {"kqueueHas", AbsentCall},
                                {"kqueueUpdate", AbsentCall},
                                {"kqueueWait", AbsentCall},
                                {"kqueueWake", AbsentCall}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterKqueuePoller);

void RegisterVnode(napi_env env, napi_value exports) {
  const Function functions[] = {{"openVnode", AbsentCall},
                                {"vnodeFacts", AbsentCall},
                                {"listVnode", AbsentCall},
                                {"descriptorLimit", AbsentCall}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterVnode);

}  // namespace
}  // namespace rawloop
