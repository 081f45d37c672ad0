/*
 * An addon whose job does not return by itself: hold(interface, fd) reads a
 * byte of `fd` on a thread, and writes one to it when the job is dropped.
 */
#include <stdint.h>
#include <unistd.h>

#include "../../include/rawloop.h"

static int32_t work(void* data) {
  char byte;
  return (int32_t)read((int)(intptr_t)data, &byte, 1);
}

static void drop(void* data) {
  if (write((int)(intptr_t)data, "d", 1) != 1) _exit(70);
}

static napi_value hold(napi_env env, napi_callback_info info) {
  napi_value args[2];
  size_t count = 2;
  int32_t fd;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  napi_get_value_int32(env, args[1], &fd);
  const rawloop_api* api = rawloop_from(env, args[0], 1);
  const rawloop_job job = {work, NULL, drop, (void*)(intptr_t)fd};
  napi_value id;
  napi_create_int64(
      env, api->submit(api->loop, api->lane(api->loop, "fs"), &job), &id);
  return id;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "hold", NAPI_AUTO_LENGTH, hold, NULL, &function);
  napi_set_named_property(env, exports, "hold", function);
  return exports;
}
