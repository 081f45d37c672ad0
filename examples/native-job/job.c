/*
 * Another addon on rawloop's threads and loop: sum(interface, bytes) adds up
 * the bytes of a buffer on a thread, and watch(interface, fd, callback) calls
 * back when a descriptor is readable. All it knows of rawloop is rawloop.h.
 */
#include <errno.h>
#include <rawloop.h>
#include <stdlib.h>
#include <string.h>

/* A sum, or a watcher. */
typedef struct {
  napi_env env;
  napi_deferred deferred; /* of a sum */
  napi_ref callback;      /* of a watcher */
  size_t size;
  unsigned char bytes[];
} task;

static napi_value fail(napi_env env, const char* what) {
  napi_throw_error(env, NULL, what);
  return NULL;
}

static napi_value number(napi_env env, int64_t value) {
  napi_value result;
  napi_create_int64(env, value, &result);
  return result;
}

/* The interface of a loop; null: it was none, and that is thrown. */
static const rawloop_api* interface_of(napi_env env, napi_value value) {
  const rawloop_api* api = rawloop_from(env, value, RAWLOOP_API_VERSION);
  if (api != NULL) return api;
  fail(env, rawloop_version(env, value) == 0 ? "this is no interface of a loop"
                                             : "rawloop is too old");
  return NULL;
}

/* On a thread: plain C, on memory of its own. */
static int32_t add(void* data) {
  const task* self = data;
  int32_t sum = 0;
  for (size_t i = 0; i < self->size; i++) sum += self->bytes[i];
  return sum;
}

/* On the loop's thread again. */
static napi_value added(void* data, int32_t sum) {
  task* self = data;
  napi_resolve_deferred(self->env, self->deferred, number(self->env, sum));
  return rawloop_thrown(self->env);
}

static napi_value sum(napi_env env, napi_callback_info info) {
  napi_value args[3];
  size_t count = 3;
  napi_value promise;
  void* bytes = NULL;
  size_t size = 0;
  char lane[33] = "fs";
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  const rawloop_api* api = interface_of(env, args[0]);
  if (api == NULL) return NULL;
  if (napi_get_buffer_info(env, args[1], &bytes, &size) != napi_ok) {
    return fail(env, "a buffer, please");
  }
  napi_get_value_string_utf8(env, args[2], lane, sizeof(lane), NULL);

  task* self = calloc(1, sizeof(task) + size);
  self->env = env;
  self->size = size;
  memcpy(self->bytes, bytes, size);
  napi_create_promise(env, &self->deferred, &promise);
  const rawloop_job job = {add, added, free, self};
  const int64_t id = api->submit(api->loop, api->lane(api->loop, lane), &job);
  if (id < 0) {
    /* Not taken: it is still ours. */
    napi_resolve_deferred(env, self->deferred, number(env, id));
    free(self);
  }
  return promise;
}

static napi_value readable(void* data, int fd, uint32_t events) {
  const task* self = data;
  const napi_env env = self->env; /* it may unwatch, and be dropped */
  napi_value callback;
  napi_value global;
  napi_value args[2] = {number(env, fd), number(env, events)};
  napi_get_reference_value(env, self->callback, &callback);
  napi_get_global(env, &global);
  napi_call_function(env, global, callback, 2, args, NULL);
  return rawloop_thrown(env);
}

/* The end of a watcher, on the loop's thread. */
static void unwatched(void* data) {
  task* self = data;
  napi_delete_reference(self->env, self->callback);
  free(self);
}

/* Returns the id, for unwatch(interface, id). */
static napi_value watch(napi_env env, napi_callback_info info) {
  napi_value args[3];
  size_t count = 3;
  int32_t fd = -1;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  const rawloop_api* api = interface_of(env, args[0]);
  if (api == NULL) return NULL;
  napi_get_value_int32(env, args[1], &fd);

  task* self = calloc(1, sizeof(task));
  self->env = env;
  napi_create_reference(env, args[2], 1, &self->callback);
  const rawloop_watcher watcher = {readable, unwatched, self};
  const int64_t id = api->watch(api->loop, fd, RAWLOOP_READ, &watcher);
  if (id < 0) unwatched(self);
  return number(env, id);
}

/* modify(interface, id, events) and unwatch(interface, id) */
static napi_value modify(napi_env env, napi_callback_info info) {
  napi_value args[3];
  size_t count = 3;
  uint32_t id = 0;
  uint32_t events = 0;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  const rawloop_api* api = interface_of(env, args[0]);
  if (api == NULL) return NULL;
  napi_get_value_uint32(env, args[1], &id);
  napi_get_value_uint32(env, args[2], &events);
  return number(env, count < 3 ? api->unwatch(api->loop, id)
                               : api->modify(api->loop, id, events));
}

static napi_value init(napi_env env, napi_value exports) {
  const napi_property_descriptor functions[] = {
      {"sum", NULL, sum, NULL, NULL, NULL, napi_enumerable, NULL},
      {"watch", NULL, watch, NULL, NULL, NULL, napi_enumerable, NULL},
      {"modify", NULL, modify, NULL, NULL, NULL, napi_enumerable, NULL},
      {"unwatch", NULL, modify, NULL, NULL, NULL, napi_enumerable, NULL}};
  napi_define_properties(env, exports, 4, functions);
  return exports;
}

NAPI_MODULE(native_job, init)
