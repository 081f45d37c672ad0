// `exports.constants`, an object of name to number: every constant of the raw
// interface that this system defines. The tables are made of names/*.txt.
#ifndef RAWLOOP_CONSTANTS_CONSTANTS_H_
#define RAWLOOP_CONSTANTS_CONSTANTS_H_

#include <node_api.h>

namespace rawloop {

struct Constant {
  const char* name;
  double value;
};

// Defines the object, without a constant as yet.
void DefineConstants(napi_env env, napi_value exports);

// Adds a table to it; a row without a name is behind the last.
void AddConstants(napi_env env, napi_value exports, const Constant* table);

}  // namespace rawloop

#endif  // RAWLOOP_CONSTANTS_CONSTANTS_H_
