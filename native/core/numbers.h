// An object of numbers for JavaScript, such as counters.
#ifndef RAWLOOP_CORE_NUMBERS_H_
#define RAWLOOP_CORE_NUMBERS_H_

#include <node_api.h>

#include <initializer_list>

#include "core/args.h"

namespace rawloop {

struct NamedNumber {
  const char* name;
  double value;
};

inline napi_value Numbers(napi_env env,
                          std::initializer_list<NamedNumber> numbers) {
  napi_value object;
  napi_create_object(env, &object);
  for (const NamedNumber& number : numbers) {
    napi_value value;
    napi_create_double(env, number.value, &value);
    Define(env, object, number.name, value);
  }
  return object;
}

}  // namespace rawloop

#endif  // RAWLOOP_CORE_NUMBERS_H_
