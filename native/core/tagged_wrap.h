// Classes for JavaScript whose methods know their own objects: V8 itself
// refuses a `this` of another class, other engines leave that to the addon,
// which would take one class's memory for another's. See napi_type_tag_object
// in Node's Node-API reference.
#ifndef RAWLOOP_CORE_TAGGED_WRAP_H_
#define RAWLOOP_CORE_TAGGED_WRAP_H_

#include <napi.h>

#include <cstddef>
#include <vector>

#include "core/args.h"

namespace rawloop {

// Throws a TypeError and is false, unless `object` bears the tag.
inline bool HasTag(napi_env env, napi_value object, const napi_type_tag& tag) {
  bool is = false;
  if (napi_check_object_type_tag(env, object, &tag, &is) == napi_ok && is) {
    return true;
  }
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (!pending) {
    Throw(env, napi_create_type_error, "ERR_INVALID_THIS",
          "Value of \"this\" is of another class");
  }
  return false;
}

// `T` has a member `static constexpr napi_type_tag kTypeTag`.
template <typename T>
class TaggedWrap : public Napi::ObjectWrap<T> {
 public:
  // Called by ObjectWrap before each method.
  static T* Unwrap(Napi::Object object) {
    return HasTag(object.Env(), object, T::kTypeTag)
               ? Napi::ObjectWrap<T>::Unwrap(object)
               : nullptr;
  }

 protected:
  explicit TaggedWrap(const Napi::CallbackInfo& info)
      : Napi::ObjectWrap<T>(info) {
    // A Worker that is ending wraps nothing.
    if (this->Value().IsEmpty()) return;
    napi_type_tag_object(info.Env(), this->Value(), &T::kTypeTag);
  }
};

// The `T` that an argument is; null with a TypeError pending, that `name` is to
// be `expected`.
template <typename T>
T* FromTagged(napi_env env, napi_value value, const char* name,
              const char* expected) {
  napi_valuetype type;
  napi_typeof(env, value, &type);
  if (type != napi_object) {
    ThrowType(env, name, expected);
    return nullptr;
  }
  void* data = nullptr;
  if (!HasTag(env, value, T::kTypeTag) ||
      napi_unwrap(env, value, &data) != napi_ok) {
    return nullptr;
  }
  return static_cast<T*>(data);
}

// The class of `T`, with methods that ask for their object themselves.
template <typename T, size_t N>
napi_value DefineTagged(napi_env env, const char* name,
                        const Function (&methods)[N]) {
  std::vector<Napi::ClassPropertyDescriptor<T>> descriptors;
  for (const Function& method : methods) {
    napi_property_descriptor descriptor = {};
    descriptor.utf8name = method.name;
    descriptor.method = method.call;
    descriptor.attributes = napi_default_method;
    descriptors.emplace_back(descriptor);
  }
  return T::DefineClass(env, name, descriptors);
}

}  // namespace rawloop

#endif  // RAWLOOP_CORE_TAGGED_WRAP_H_
