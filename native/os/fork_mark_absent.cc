// Where no memory is wiped in a child: the process id is asked for instead.
#include "core/absent.h"
#include "core/module.h"

namespace rawloop {
namespace {

void RegisterForkMark(napi_env env, napi_value exports) {
  const Function functions[] = {{"forkMark", AbsentCall}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterForkMark);

}  // namespace
}  // namespace rawloop
