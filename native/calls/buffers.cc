#include "calls/buffers.h"

#include <string>

#include "core/args.h"

namespace rawloop {

bool ReadElements(napi_env env, napi_value array, const char* name,
                  uint32_t max, std::vector<napi_value>* out) {
  bool is_array = false;
  napi_is_array(env, array, &is_array);
  if (!is_array) {
    ThrowType(env, name, "an array");
    return false;
  }
  uint32_t length = 0;
  napi_get_array_length(env, array, &length);
  if (length > max) {
    std::string expected = "an array of at most " + std::to_string(max);
    ThrowRange(env, name, expected.c_str());
    return false;
  }
  out->resize(length);
  for (uint32_t i = 0; i < length; i++) {
    if (napi_get_element(env, array, i, &(*out)[i]) != napi_ok) return false;
  }
  return true;
}

bool TakeMemory(napi_env env, const std::vector<napi_value>& values,
                std::vector<iovec>* out) {
  size_t room = kMaxTransferBytes;
  for (napi_value value : values) {
    Span span;
    if (!ReadSpan(env, value, &span)) {
      ThrowType(env, "buffers", "an array of buffers");
      return false;
    }
    if (!IsAttached(env, value, span, "buffers")) return false;
    if (span.size > room) span.size = room;
    room -= span.size;
    out->push_back({span.data, span.size});
  }
  return true;
}

bool ReadBuffers(napi_env env, napi_value array, std::vector<iovec>* out) {
  std::vector<napi_value> values;
  return ReadElements(env, array, "buffers", kMaxBuffers, &values) &&
         TakeMemory(env, values, out);
}

}  // namespace rawloop
