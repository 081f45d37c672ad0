// The addon's entry point, and the list of its modules. It may be loaded many
// times in a process, once for each Worker; all other state hangs on the
// environment.
#include "constants/constants.h"
#include "core/environment.h"
#include "core/module.h"

namespace rawloop {

const Module* Module::first_ = nullptr;

void Module::RegisterAll(napi_env env, napi_value exports) {
  for (const Module* one = first_; one != nullptr; one = one->next_) {
    one->add_(env, exports);
  }
}

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
