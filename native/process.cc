// Which process this is. See getpid(2).
#include <unistd.h>

#include "args.h"
#include "modules.h"

namespace rawloop {
namespace {

// getpid(): number. Of now: the host's process.pid is that of the start.
napi_value GetPid(napi_env env, napi_callback_info) {
  return Int(env, getpid());
}

}  // namespace

void RegisterProcess(napi_env env, napi_value exports) {
  const Function functions[] = {{"getpid", GetPid}};
  Export(env, exports, functions);
}

}  // namespace rawloop
