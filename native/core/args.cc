#include "core/args.h"

#include <cerrno>
#include <cmath>
#include <string>

namespace rawloop {

// Not by napi_throw_error and its like: they set `code`, and a setter of
// Object.prototype would run.
void Throw(napi_env env, CreateError create, const char* code,
           const char* message) {
  napi_value text;
  napi_value code_text;
  napi_value error;
  if (napi_create_string_utf8(env, message, NAPI_AUTO_LENGTH, &text) !=
          napi_ok ||
      napi_create_string_utf8(env, code, NAPI_AUTO_LENGTH, &code_text) !=
          napi_ok ||
      create(env, nullptr, text, &error) != napi_ok) {
    return;
  }
  Define(env, error, "code", code_text);
  napi_throw(env, error);
}

void ThrowType(napi_env env, const char* name, const char* expected) {
  std::string message =
      std::string("The \"") + name + "\" argument must be " + expected;
  Throw(env, napi_create_type_error, "ERR_INVALID_ARG_TYPE", message.c_str());
}

void ThrowRange(napi_env env, const char* name, const char* expected) {
  std::string message = std::string("The value of \"") + name +
                        "\" is out of range: it must be " + expected;
  Throw(env, napi_create_range_error, "ERR_OUT_OF_RANGE", message.c_str());
}

void ThrowNoMemory(napi_env env) {
  Throw(env, napi_create_error, "ERR_MEMORY_ALLOCATION_FAILED",
        "There is not enough memory for this call");
}

bool ReadInteger(napi_env env, napi_value value, const char* name, double min,
                 double max, double* out) {
  double number;
  if (napi_get_value_double(env, value, &number) != napi_ok) {
    ThrowType(env, name, "a number");
    return false;
  }
  if (!(number >= min && number <= max) || number != std::trunc(number)) {
    std::string expected = "an integer from " +
                           std::to_string(static_cast<int64_t>(min)) + " to " +
                           std::to_string(static_cast<int64_t>(max));
    ThrowRange(env, name, expected.c_str());
    return false;
  }
  *out = number;
  return true;
}

namespace {

size_t ElementBytes(napi_typedarray_type type) {
  switch (type) {
    case napi_int8_array:
    case napi_uint8_array:
    case napi_uint8_clamped_array:
      return 1;
    case napi_int16_array:
    case napi_uint16_array:
      return 2;
    case napi_int32_array:
    case napi_uint32_array:
    case napi_float32_array:
      return 4;
    case napi_float64_array:
    case napi_bigint64_array:
    case napi_biguint64_array:
      return 8;
    default:
      return 0;
  }
}

}  // namespace

napi_value BufferOf(napi_env env, napi_value value) {
  napi_value buffer = value;
  bool is = false;
  if (napi_is_typedarray(env, value, &is) == napi_ok && is) {
    napi_get_typedarray_info(env, value, nullptr, nullptr, nullptr, &buffer,
                             nullptr);
  } else if (napi_is_dataview(env, value, &is) == napi_ok && is) {
    napi_get_dataview_info(env, value, nullptr, nullptr, &buffer, nullptr);
  }
  return buffer;
}

bool ReadSpan(napi_env env, napi_value value, Span* out) {
  bool is = false;
  void* data = nullptr;
  size_t size = 0;
  // The batch calls pass an ArrayBuffer each time: the cheapest look-up first.
  if (napi_is_arraybuffer(env, value, &is) == napi_ok && is) {
    if (napi_get_arraybuffer_info(env, value, &data, &size) != napi_ok) {
      return false;
    }
  } else if (napi_is_typedarray(env, value, &is) == napi_ok && is) {
    napi_typedarray_type type{};
    if (napi_get_typedarray_info(env, value, &type, &size, &data, nullptr,
                                 nullptr) != napi_ok) {
      return false;
    }
    // Arrays of a kind that is younger than this code are refused.
    size_t element_bytes = ElementBytes(type);
    if (element_bytes == 0) return false;
    size *= element_bytes;
  } else if (napi_is_dataview(env, value, &is) == napi_ok && is) {
    if (napi_get_dataview_info(env, value, &size, &data, nullptr, nullptr) !=
        napi_ok) {
      return false;
    }
  } else {
    return false;
  }
  // A detached buffer has no memory, whatever length its view still claims.
  out->data = static_cast<uint8_t*>(data);
  out->size = data == nullptr ? 0 : size;
  return true;
}

bool IsAttached(napi_env env, napi_value value, const Span& span,
                const char* name) {
  bool detached = false;
  if (span.size != 0 ||
      napi_is_detached_arraybuffer(env, BufferOf(env, value), &detached) !=
          napi_ok ||
      !detached) {
    return true;
  }
  std::string message =
      std::string("The buffer of \"") + name + "\" is detached";
  Throw(env, napi_create_type_error, "ERR_INVALID_STATE", message.c_str());
  return false;
}

bool Args::Has(size_t index) const {
  // Most calls leave out what may be left out: no look at the value then.
  if (index >= count_) return false;
  napi_valuetype type;
  napi_typeof(env_, values_[index], &type);
  return type != napi_undefined && type != napi_null;
}

bool Args::Slice(size_t index, Span* out, const char* name) const {
  bool has_offset = Has(index + 1);
  bool has_length = Has(index + 2);
  double offset = 0;
  double length = 0;
  if (has_offset && !ReadInteger(env_, values_[index + 1], "offset", 0,
                                 kMaxSafeInteger, &offset)) {
    return false;
  }
  if (has_length && !ReadInteger(env_, values_[index + 2], "length", 0,
                                 kMaxSafeInteger, &length)) {
    return false;
  }
  Span span;
  if (!Memory(index, &span, name) ||
      !IsAttached(env_, values_[index], span, name)) {
    return false;
  }
  if (offset > static_cast<double>(span.size)) {
    ThrowRange(env_, "offset", "within the buffer");
    return false;
  }
  auto start = static_cast<size_t>(offset);
  size_t rest = span.size - start;
  if (has_length && length > static_cast<double>(rest)) {
    ThrowRange(env_, "length", "within the buffer");
    return false;
  }
  out->data = span.data + start;
  out->size = has_length ? static_cast<size_t>(length) : rest;
  if (out->size > kMaxTransferBytes) out->size = kMaxTransferBytes;
  return true;
}

bool Args::Memory(size_t index, Span* out, const char* name) const {
  if (ReadSpan(env_, values_[index], out)) return true;
  ThrowType(env_, name, "an ArrayBuffer, a typed array or a DataView");
  return false;
}

napi_value Int(napi_env env, int32_t value) {
  napi_value result;
  napi_create_int32(env, value, &result);
  return result;
}

napi_value Undefined(napi_env env) {
  napi_value result;
  napi_get_undefined(env, &result);
  return result;
}

int32_t OrErrno(int64_t result) {
  return result < 0 ? -errno : static_cast<int32_t>(result);
}

napi_value Pair(napi_env env, int32_t first, int32_t second) {
  napi_value result;
  napi_create_array_with_length(env, 2, &result);
  DefineElement(env, result, 0, Int(env, first));
  DefineElement(env, result, 1, Int(env, second));
  return result;
}

void Define(napi_env env, napi_value object, const char* name,
            napi_value value) {
  napi_property_descriptor property{};
  property.utf8name = name;
  property.value = value;
  property.attributes = napi_default_jsproperty;
  napi_define_properties(env, object, 1, &property);
}

void DefineElement(napi_env env, napi_value array, uint32_t index,
                   napi_value value) {
  Define(env, array, std::to_string(index).c_str(), value);
}

void Export(napi_env env, napi_value exports, const Function* functions,
            size_t count) {
  for (size_t i = 0; i < count; i++) {
    napi_value function;
    napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH,
                         functions[i].call, nullptr, &function);
    Define(env, exports, functions[i].name, function);
  }
}

}  // namespace rawloop
