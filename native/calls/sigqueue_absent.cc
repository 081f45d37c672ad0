// sigqueue is not on this system, which has no signals with values.
#include "core/absent.h"
#include "core/module.h"

namespace rawloop {
namespace {

void RegisterSigqueue(napi_env env, napi_value exports) {
  const Function functions[] = {{"sigqueue", AbsentCall}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterSigqueue);

}  // namespace
}  // namespace rawloop
