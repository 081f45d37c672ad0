// Properties of an object from JavaScript that may be left out: undefined and
// null count as absent, and so does what somebody put on a prototype. To read
// one runs user code, if it is a getter.
#ifndef RAWLOOP_CALLS_FIELDS_H_
#define RAWLOOP_CALLS_FIELDS_H_

#include <node_api.h>

#include <string>

namespace rawloop {

// False with an exception pending: `value` is no object.
bool IsObject(napi_env env, napi_value value, const char* name);

// False with an exception pending. `*has` says whether it is there.
bool ReadField(napi_env env, napi_value object, const char* name,
               napi_value* out, bool* has);

// An integer in [min, max]; `*out` stays as it is when it is absent. `shown` is
// what an error calls it.
bool ReadIntegerField(napi_env env, napi_value object, const char* name,
                      const char* shown, double min, double max, double* out);

// The UTF-8 bytes of a string, NULs included. False, without throwing: none.
bool ReadString(napi_env env, napi_value value, std::string* out);

}  // namespace rawloop

#endif  // RAWLOOP_CALLS_FIELDS_H_
