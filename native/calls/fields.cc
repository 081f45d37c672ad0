#include "calls/fields.h"

#include "core/args.h"

namespace rawloop {

bool IsObject(napi_env env, napi_value value, const char* name) {
  napi_valuetype type;
  if (napi_typeof(env, value, &type) == napi_ok && type == napi_object) {
    return true;
  }
  ThrowType(env, name, "an object");
  return false;
}

bool ReadField(napi_env env, napi_value object, const char* name,
               napi_value* out, bool* has) {
  napi_value key;
  bool is_own = false;
  if (napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &key) != napi_ok ||
      napi_has_own_property(env, object, key, &is_own) != napi_ok) {
    return false;
  }
  *has = false;
  if (!is_own) return napi_get_undefined(env, out) == napi_ok;
  if (napi_get_property(env, object, key, out) != napi_ok) return false;
  napi_valuetype type;
  napi_typeof(env, *out, &type);
  *has = type != napi_undefined && type != napi_null;
  return true;
}

bool ReadIntegerField(napi_env env, napi_value object, const char* name,
                      const char* shown, double min, double max, double* out) {
  napi_value value;
  bool has;
  if (!ReadField(env, object, name, &value, &has)) return false;
  return !has || ReadInteger(env, value, shown, min, max, out);
}

bool ReadString(napi_env env, napi_value value, std::string* out) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) {
    return false;
  }
  out->resize(length + 1);
  napi_get_value_string_utf8(env, value, out->data(), length + 1, &length);
  out->resize(length);
  return true;
}

}  // namespace rawloop
