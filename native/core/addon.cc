// The addon's entry point. The module may be loaded many times in a process,
// once for each Worker; all state hangs on the environment.
#include "core/environment.h"
#include "core/modules.h"

namespace rawloop {
namespace {

napi_value Init(napi_env env, napi_value exports) {
  if (!Environment::Create(env)) return nullptr;
  RegisterConstants(env, exports);
  RegisterDescriptors(env, exports);
  RegisterVectored(env, exports);
  RegisterWaker(env, exports);
  RegisterSockets(env, exports);
  RegisterSocketOptions(env, exports);
  RegisterEpoll(env, exports);
  RegisterEventfd(env, exports);
  RegisterFileWatch(env, exports);
  RegisterKqueue(env, exports);
  RegisterKqueuePoller(env, exports);
  RegisterCrossing(env, exports);
  RegisterSendNow(env, exports);
  RegisterSignals(env, exports);
  RegisterProcess(env, exports);
  RegisterForkMark(env, exports);
  RegisterHostLoop(env, exports);
  RegisterPool(env, exports);
  RegisterFsJobs(env, exports);
  RegisterCryptoJobs(env, exports);
  RegisterThreadServer(env, exports);
  return exports;
}

}  // namespace
}  // namespace rawloop

NAPI_MODULE(rawloop, rawloop::Init)
