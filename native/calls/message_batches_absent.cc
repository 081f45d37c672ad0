// sendmmsg and recvmmsg where there are none: macOS.
#include "core/absent.h"
#include "core/module.h"

namespace rawloop {
namespace {

void RegisterMessageBatches(napi_env env, napi_value exports) {
  const Function functions[] = {{"sendmmsg", AbsentCall},
                                {"recvmmsg", AbsentCall}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterMessageBatches);

}  // namespace
}  // namespace rawloop
