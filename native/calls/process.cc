// Which process this is, and what lives as long as this copy of the addon does
// in it. See getpid(2).
#include <unistd.h>

#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"

namespace rawloop {
namespace {

// getpid(): number. Of now: the host's process.pid is that of the start.
napi_value GetPid(napi_env env, napi_callback_info) {
  return Int(env, getpid());
}

// isOwned(fd): whether this environment owns it, and it is still what it was.
napi_value IsOwned(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  if (!args.Descriptor(0, &fd)) return nullptr;
  napi_value result;
  napi_get_boolean(env, Environment::Get(env)->owned.Check(fd) == 0, &result);
  return result;
}

void RegisterProcess(napi_env env, napi_value exports) {
  const Function functions[] = {{"getpid", Guarded<GetPid>},
                                {"isOwned", Guarded<IsOwned>}};
  Export(env, exports, functions);
  // kept: object. What hangs on it the collector leaves alone, also when
  // nothing leads to the exports any more.
  napi_value kept;
  napi_ref reference;
  if (napi_create_object(env, &kept) == napi_ok &&
      napi_create_reference(env, kept, 1, &reference) == napi_ok) {
    Environment::Get(env)->kept = reference;
    Define(env, exports, "kept", kept);
  }
}
RAWLOOP_MODULE(RegisterProcess);

}  // namespace
}  // namespace rawloop
