#include "jobs/scratch.h"

#include <cstdlib>
#include <cstring>
#include <string>

namespace rawloop {

namespace {

bool NoMemory(napi_env env) {
  ThrowNoMemory(env);
  return false;
}

// A view of a detached buffer looks like an empty one; whoever derives a key
// from a password must be told the difference.
bool IsDetached(napi_env env, napi_value value) {
  napi_value buffer = value;
  bool is = false;
  if (napi_is_typedarray(env, value, &is) == napi_ok && is) {
    napi_get_typedarray_info(env, value, nullptr, nullptr, nullptr, &buffer,
                             nullptr);
  } else if (napi_is_dataview(env, value, &is) == napi_ok && is) {
    napi_get_dataview_info(env, value, nullptr, nullptr, &buffer, nullptr);
  }
  is = false;
  return napi_is_detached_arraybuffer(env, buffer, &is) == napi_ok && is;
}

}  // namespace

Scratch::~Scratch() {
  if (content_ == Content::kSecret && data_ != nullptr) {
    memset(data_, 0, size_);
    // Keeps the compiler from dropping the memset as dead.
    asm volatile("" : : "r"(data_) : "memory");
  }
  free(data_);
}

bool Scratch::Allocate(size_t size) {
  // malloc, not new: without exceptions a failing new ends the process.
  data_ = static_cast<uint8_t*>(malloc(size + 1));
  if (data_ == nullptr) return false;
  data_[size] = 0;
  size_ = size;
  return true;
}

bool Scratch::CopyMemory(napi_env env, napi_value value, const char* name,
                         size_t max) {
  Span span;
  if (!ReadSpan(env, value, &span)) {
    ThrowType(env, name, "an ArrayBuffer, a typed array or a DataView");
    return false;
  }
  if (span.size == 0 && IsDetached(env, value)) {
    std::string message =
        std::string("The buffer of \"") + name + "\" is detached";
    Throw(env, napi_create_type_error, "ERR_INVALID_STATE", message.c_str());
    return false;
  }
  if (span.size > max) {
    std::string expected = "at most " + std::to_string(max) + " bytes long";
    ThrowRange(env, name, expected.c_str());
    return false;
  }
  if (!Allocate(span.size)) return NoMemory(env);
  if (span.size > 0) memcpy(data_, span.data, span.size);
  return true;
}

bool Scratch::CopyString(napi_env env, napi_value value) {
  // One crossing for all but very long paths; a result that fills the buffer
  // may have been cut and is read again.
  char quick[1024];
  size_t size = 0;
  napi_get_value_string_utf8(env, value, quick, sizeof(quick), &size);
  if (size < sizeof(quick) - 4) {
    if (!Allocate(size)) return NoMemory(env);
    memcpy(data_, quick, size);
    return true;
  }
  napi_get_value_string_utf8(env, value, nullptr, 0, &size);
  if (!Allocate(size)) return NoMemory(env);
  napi_get_value_string_utf8(env, value, reinterpret_cast<char*>(data_),
                             size + 1, &size);
  return true;
}

bool Scratch::CopyPath(napi_env env, napi_value value, const char* name) {
  napi_valuetype type;
  napi_typeof(env, value, &type);
  Span ignored;
  if (type == napi_string) {
    if (!CopyString(env, value)) return false;
  } else if (!ReadSpan(env, value, &ignored)) {
    ThrowType(env, name, "of type string or an instance of Buffer or URL");
    return false;
  } else if (!CopyMemory(env, value, name, kMaxTransferBytes)) {
    return false;
  }
  if (memchr(data_, 0, size_) != nullptr) {
    std::string message = std::string("The argument '") + name +
                          "' must be a string, Uint8Array, or URL without "
                          "null bytes";
    Throw(env, napi_create_type_error, "ERR_INVALID_ARG_VALUE",
          message.c_str());
    return false;
  }
  return true;
}

}  // namespace rawloop
