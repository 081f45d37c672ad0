// See the header.
#include "stream/kept_memory.h"

#include <cstdint>

namespace rawloop {

bool KeptMemory::Keep(napi_env env, napi_value value, const char* name,
                      size_t alignment) {
  Span span;
  if (!ReadSpan(env, value, &span)) {
    ThrowType(env, name, "an ArrayBuffer, a typed array or a DataView");
    return false;
  }
  if (reinterpret_cast<uintptr_t>(span.data) % alignment != 0) {
    ThrowType(env, name, "memory that begins at a whole word");
    return false;
  }
  napi_ref reference;
  if (napi_create_reference(env, value, 1, &reference) != napi_ok) return false;
  Drop(env);
  reference_ = reference;
  span_ = span;
  bool is = false;
  napi_is_arraybuffer(env, BufferOf(env, value), &is);
  may_change_ = is;
  return true;
}

void KeptMemory::Drop(napi_env env) {
  if (reference_ != nullptr) napi_delete_reference(env, reference_);
  reference_ = nullptr;
  span_ = {};
  may_change_ = false;
}

void KeptMemory::LookUp(napi_env env) {
  napi_value value = nullptr;
  span_ = {};
  if (napi_get_reference_value(env, reference_, &value) == napi_ok &&
      value != nullptr) {
    ReadSpan(env, value, &span_);
  }
}

}  // namespace rawloop
