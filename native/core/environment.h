// State of one Node-API environment (the main thread or a Worker): the
// descriptors it opened. It hangs on the environment's instance data, so
// Workers and several copies of the addon live side by side.
#ifndef RAWLOOP_CORE_ENVIRONMENT_H_
#define RAWLOOP_CORE_ENVIRONMENT_H_

#include <node_api.h>

#include "core/descriptor_table.h"

namespace rawloop {

struct Environment {
  OwnedDescriptors owned;
  // Of the object that lives as long as the environment; see process.cc.
  napi_ref kept = nullptr;

  Environment() = default;
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  // Creates the instance data. False when a JavaScript exception is pending.
  static bool Create(napi_env env);
  static Environment* Get(napi_env env);
};

// What a call returns that opened `fd` (-1: failed, see errno): the descriptor,
// owned by this environment, or -errno.
napi_value Opened(napi_env env, int fd);
// The same for two, and `result` of the call that opened them: an array.
napi_value OpenedPair(napi_env env, int result, const int fds[2]);

}  // namespace rawloop

#endif  // RAWLOOP_CORE_ENVIRONMENT_H_
