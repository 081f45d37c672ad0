// spliceThrough is not on this system: no call moves bytes from one socket to
// another, so that a relay copies them. See lib/relay/relay.ts.
#include "core/absent.h"
#include "core/module.h"

namespace rawloop {
namespace {

void RegisterRelay(napi_env env, napi_value exports) {
  const Function functions[] = {{"spliceThrough", AbsentCall}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterRelay);

}  // namespace
}  // namespace rawloop
