// Memory of JavaScript's that native code keeps from call to call. What lies in
// a SharedArrayBuffer can be neither detached nor made smaller, so it is looked
// up once; any other buffer is looked up anew at each call.
#ifndef RAWLOOP_STREAM_KEPT_MEMORY_H_
#define RAWLOOP_STREAM_KEPT_MEMORY_H_

#include <node_api.h>

#include "core/args.h"

namespace rawloop {

class KeptMemory {
 public:
  KeptMemory() = default;
  KeptMemory(const KeptMemory&) = delete;
  KeptMemory& operator=(const KeptMemory&) = delete;

  // Keeps `value`, an ArrayBuffer or a view, in the place of what was kept. It
  // must begin at a multiple of `alignment`. False when an exception is
  // pending.
  bool Keep(napi_env env, napi_value value, const char* name, size_t alignment);
  void Drop(napi_env env);

  // To be called before each use. What was detached has no size.
  void Refresh(napi_env env) {
    if (may_change_) LookUp(env);
  }

  template <typename T>
  T* as() const {
    return reinterpret_cast<T*>(span_.data);
  }
  size_t size() const { return span_.size; }

 private:
  void LookUp(napi_env env);

  napi_ref reference_ = nullptr;
  Span span_;
  bool may_change_ = false;
};

}  // namespace rawloop

#endif  // RAWLOOP_STREAM_KEPT_MEMORY_H_
