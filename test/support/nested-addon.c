// An addon for tests: runs the host's own loop from inside a callback, as
// deasync and debuggers do.
#include <node_api.h>

struct uv_loop_s;
int uv_run(struct uv_loop_s* loop, int mode);
napi_status napi_get_uv_event_loop(napi_env env, struct uv_loop_s** loop);

// turn(mode): uv_run(loop, mode), 1: UV_RUN_ONCE, 2: UV_RUN_NOWAIT.
static napi_value RunLoop(napi_env env, napi_callback_info info) {
  napi_value mode, undefined;
  size_t count = 1;
  int32_t number = 2;
  struct uv_loop_s* loop;
  napi_get_cb_info(env, info, &count, &mode, NULL, NULL);
  napi_get_value_int32(env, mode, &number);
  napi_get_uv_event_loop(env, &loop);
  uv_run(loop, number);
  napi_get_undefined(env, &undefined);
  return undefined;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "turn", NAPI_AUTO_LENGTH, RunLoop, NULL, &function);
  napi_set_named_property(env, exports, "turn", function);
  return exports;
}
