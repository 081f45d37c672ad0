// An addon for tests: signals with values, to this process. See sigqueue(3).
#define _GNU_SOURCE
#include <errno.h>
#include <node_api.h>
#include <signal.h>
#include <unistd.h>

// sigqueue(signal, value, count): sends `count` values from `value` on; how
// many, or -errno.
static napi_value Sigqueue(napi_env env, napi_callback_info info) {
  napi_value arguments[3], result;
  size_t count = 3;
  int32_t words[3];
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  for (int i = 0; i < 3; i++) {
    napi_get_value_int32(env, arguments[i], &words[i]);
  }
  int32_t sent = 0;
  for (; sent < words[2]; sent++) {
    const union sigval value = {.sival_int = words[1] + sent};
    if (sigqueue(getpid(), words[0], value) != 0) {
      sent = -errno;
      break;
    }
  }
  napi_create_int32(env, sent, &result);
  return result;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "sigqueue", NAPI_AUTO_LENGTH, Sigqueue, NULL,
                       &function);
  napi_set_named_property(env, exports, "sigqueue", function);
  return exports;
}
