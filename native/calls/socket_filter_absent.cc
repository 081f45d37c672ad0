// No filters for sockets of every kind: macOS and the BSDs have them for
// network devices alone, bpf(4).
#include "core/absent.h"
#include "core/module.h"

namespace rawloop {
namespace {

void RegisterSocketFilter(napi_env env, napi_value exports) {
  const Function functions[] = {{"attachFilter", AbsentCall}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterSocketFilter);

}  // namespace
}  // namespace rawloop
