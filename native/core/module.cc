#include "core/module.h"

namespace rawloop {

const Module* Module::first_ = nullptr;

void Module::RegisterAll(napi_env env, napi_value exports) {
  for (const Module* one = first_; one != nullptr; one = one->next_) {
    one->add_(env, exports);
  }
}

}  // namespace rawloop
