// No call on files is known here that promises not to wait: all of them are a
// thread's.
#include "core/absent.h"
#include "core/module.h"

namespace rawloop {
namespace {

void RegisterInline(napi_env env, napi_value exports) {
  const Function functions[] = {
      {"lookNow", AbsentCall},   {"statNow", AbsentCall},
      {"openNow", AbsentCall},   {"readNow", AbsentCall},
      {"pwriteNow", AbsentCall}, {"readFileNow", AbsentCall}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterInline);

}  // namespace
}  // namespace rawloop
