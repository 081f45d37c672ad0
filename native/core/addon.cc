// The addon's entry point. The module may be loaded many times in a process,
// once for each Worker; all state hangs on the environment.
#include "constants/constants.h"
#include "core/environment.h"
#include "core/module.h"

namespace rawloop {
namespace {

napi_value Init(napi_env env, napi_value exports) {
  if (!Environment::Create(env)) return nullptr;
  DefineConstants(env, exports);
  Module::RegisterAll(env, exports);
  return exports;
}

}  // namespace
}  // namespace rawloop

NAPI_MODULE(rawloop, rawloop::Init)
