// pidfd_open, pidfd_send_signal, prlimit, close_range are not on this system;
// FreeBSD's close_range(2) marks nothing on older versions.
#include "core/absent.h"
#include "core/module.h"

namespace rawloop {
namespace {

void RegisterProcessesOfLinux(napi_env env, napi_value exports) {
  const Function functions[] = {{"pidfd_open", AbsentCall},
                                {"pidfd_send_signal", AbsentCall},
                                {"prlimit", AbsentCall},
                                {"close_range", AbsentCall}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterProcessesOfLinux);

}  // namespace
}  // namespace rawloop
