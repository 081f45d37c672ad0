#include "constants/constants.h"

#include "core/args.h"

namespace rawloop {

void DefineConstants(napi_env env, napi_value exports) {
  napi_value constants;
  napi_create_object(env, &constants);
  Define(env, exports, "constants", constants);
}

void AddConstants(napi_env env, napi_value exports, const Constant* table) {
  // A property of its own: nobody's prototype is asked.
  napi_value constants;
  napi_get_named_property(env, exports, "constants", &constants);
  for (; table->name != nullptr; table++) {
    napi_value value;
    napi_create_double(env, table->value, &value);
    Define(env, constants, table->name, value);
  }
}

}  // namespace rawloop
