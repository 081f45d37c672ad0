/*
 * What a careless addon does with include/rawloop.h: nulls, other threads,
 * events that there are not, a watcher that ends itself in its own callback. It
 * counts what is told.
 */
#include <errno.h>
#include <rawloop.h>
#include <stdlib.h>

/* Of all jobs and watchers; work and drop may be on any thread. */
static int worked, done, dropped, told;

typedef struct {
  const rawloop_api* api;
  napi_env env;
  napi_deferred deferred; /* of `elsewhere` */
  int wrong;              /* how many calls there did not return -EPERM */
  int64_t id;             /* of `once` */
} task;

static napi_value number(napi_env env, int64_t value) {
  napi_value result;
  napi_create_int64(env, value, &result);
  return result;
}

/* The numbers of the arguments behind the interface; null: that is none. */
static const rawloop_api* read_call(napi_env env, napi_callback_info info,
                                    int32_t* numbers) {
  napi_value args[4];
  size_t count = 4;
  size_t i;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  for (i = 1; i < 4; i++) napi_get_value_int32(env, args[i], &numbers[i - 1]);
  return rawloop_from(env, args[0], 1);
}

static task* new_task(napi_env env, const rawloop_api* api) {
  task* self = (task*)calloc(1, sizeof(task));
  self->env = env;
  self->api = api;
  return self;
}

static int32_t work(void* data) {
  (void)data;
  __atomic_add_fetch(&worked, 1, __ATOMIC_SEQ_CST);
  return 7;
}
static napi_value is_done(void* data, int32_t result) {
  (void)data;
  if (result == 7) done++;
  return NULL;
}
static void drop(void* data) {
  free(data);
  __atomic_add_fetch(&dropped, 1, __ATOMIC_SEQ_CST);
}
static napi_value is_ready(void* data, int fd, uint32_t events) {
  (void)data, (void)fd, (void)events;
  told++;
  return NULL;
}

/* What each call with a null returns. */
static napi_value nulls(napi_env env, napi_callback_info info) {
  int32_t unused[3];
  const rawloop_api* api = read_call(env, info, unused);
  rawloop_loop* loop = api->loop;
  const rawloop_job none = {NULL, is_done, drop, NULL};
  const rawloop_job job = {work, is_done, drop, NULL};
  const rawloop_watcher deaf = {NULL, drop, NULL};
  const rawloop_watcher watcher = {is_ready, drop, NULL};
  const int64_t results[] = {api->lane(NULL, "fs"),
                             api->lane(loop, NULL),
                             api->submit(NULL, 0, &job),
                             api->submit(loop, 0, NULL),
                             api->submit(loop, 0, &none),
                             api->submit(loop, -1, &job),
                             api->submit(loop, 99, &job),
                             api->cancel(NULL, 1),
                             api->watch(NULL, 0, 1, &watcher),
                             api->watch(loop, 0, 1, NULL),
                             api->watch(loop, 0, 1, &deaf),
                             api->modify(NULL, 1, 1),
                             api->unwatch(NULL, 1)};
  napi_value list;
  size_t i;
  napi_create_array(env, &list);
  for (i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
    napi_set_element(env, list, (uint32_t)i, number(env, results[i]));
  }
  return list;
}

/* On a thread: nothing there may use the interface. */
static int32_t try_all(void* data) {
  task* self = (task*)data;
  const rawloop_api* api = self->api;
  const rawloop_job job = {work, is_done, drop, NULL};
  const rawloop_watcher watcher = {is_ready, drop, NULL};
  const int64_t results[] = {
      api->lane(api->loop, "fs"),   api->submit(api->loop, 0, &job),
      api->cancel(api->loop, 1),    api->watch(api->loop, 0, 1, &watcher),
      api->modify(api->loop, 1, 1), api->unwatch(api->loop, 1)};
  size_t i;
  for (i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
    if (results[i] != -EPERM) self->wrong++;
  }
  return 0;
}
static napi_value tried(void* data, int32_t result) {
  const task* self = (const task*)data;
  (void)result;
  napi_resolve_deferred(self->env, self->deferred,
                        number(self->env, self->wrong));
  return NULL;
}
static napi_value elsewhere(napi_env env, napi_callback_info info) {
  int32_t unused[3];
  const rawloop_api* api = read_call(env, info, unused);
  task* self = new_task(env, api);
  const rawloop_job job = {try_all, tried, drop, NULL};
  rawloop_job given = job;
  napi_value promise;
  given.data = self;
  napi_create_promise(env, &self->deferred, &promise);
  api->submit(api->loop, 0, &given);
  return promise;
}

/* queue(interface, lane, count): the id of the last. */
static napi_value queue(napi_env env, napi_callback_info info) {
  int32_t numbers[3];
  const rawloop_api* api = read_call(env, info, numbers);
  int64_t id = 0;
  int32_t i;
  for (i = 0; i < numbers[1]; i++) {
    rawloop_job job = {work, is_done, drop, NULL};
    job.data = new_task(env, api);
    id = api->submit(api->loop, numbers[0], &job);
    if (id < 0) free(job.data);
  }
  return number(env, id);
}

/* cancel(interface, id) */
static napi_value cancel(napi_env env, napi_callback_info info) {
  int32_t numbers[3];
  const rawloop_api* api = read_call(env, info, numbers);
  return number(env, api->cancel(api->loop, (rawloop_id)numbers[0]));
}

/* watch(interface, fd, events): never ends by itself. */
static napi_value watch(napi_env env, napi_callback_info info) {
  int32_t numbers[3];
  const rawloop_api* api = read_call(env, info, numbers);
  rawloop_watcher watcher = {is_ready, drop, NULL};
  watcher.data = new_task(env, api);
  const int64_t id =
      api->watch(api->loop, numbers[0], (uint32_t)numbers[1], &watcher);
  if (id < 0) free(watcher.data);
  return number(env, id);
}

/* Ends its own watcher, twice, and watches the descriptor anew, for nothing. */
static napi_value ends_itself(void* data, int fd, uint32_t events) {
  const task* self = (const task*)data;
  const rawloop_api* api = self->api;
  const napi_env env = self->env;
  const rawloop_id id = (rawloop_id)self->id;
  rawloop_watcher again = {is_ready, drop, NULL};
  int64_t second;
  (void)events;
  told++;
  if (api->unwatch(api->loop, id) != 0) told += 100;
  if (api->unwatch(api->loop, id) != -ENOENT) told += 100;
  if (api->modify(api->loop, id, 1) != -ENOENT) told += 100;
  again.data = new_task(env, api);
  second = api->watch(api->loop, fd, RAWLOOP_READ, &again);
  if (second < 0) {
    free(again.data);
    told += 1000;
  } else {
    api->unwatch(api->loop, (rawloop_id)second);
  }
  return NULL;
}
static napi_value once(napi_env env, napi_callback_info info) {
  int32_t numbers[3];
  const rawloop_api* api = read_call(env, info, numbers);
  task* self = new_task(env, api);
  rawloop_watcher watcher = {ends_itself, drop, NULL};
  watcher.data = self;
  self->id = api->watch(api->loop, numbers[0], RAWLOOP_READ, &watcher);
  return number(env, self->id);
}

/* versions(value, wanted): what it has, and whether that is enough. */
static napi_value versions(napi_env env, napi_callback_info info) {
  napi_value args[2];
  size_t count = 2;
  uint32_t wanted = 0;
  napi_value list;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  napi_get_value_uint32(env, args[1], &wanted);
  napi_create_array(env, &list);
  napi_set_element(env, list, 0, number(env, rawloop_version(env, args[0])));
  napi_set_element(env, list, 1,
                   number(env, rawloop_from(env, args[0], wanted) != NULL));
  return list;
}

/* What was told so far: [worked, done, told, dropped]. */
static napi_value counts(napi_env env, napi_callback_info info) {
  napi_value list;
  (void)info;
  napi_create_array(env, &list);
  napi_set_element(env, list, 0,
                   number(env, __atomic_load_n(&worked, __ATOMIC_SEQ_CST)));
  napi_set_element(env, list, 1, number(env, done));
  napi_set_element(env, list, 2, number(env, told));
  napi_set_element(env, list, 3,
                   number(env, __atomic_load_n(&dropped, __ATOMIC_SEQ_CST)));
  return list;
}

#define FUNCTION(name)                                         \
  {                                                            \
#name, NULL, name, NULL, NULL, NULL, napi_enumerable, NULL \
  }
static napi_value init(napi_env env, napi_value exports) {
  const napi_property_descriptor functions[] = {
      FUNCTION(nulls),  FUNCTION(elsewhere), FUNCTION(queue),
      FUNCTION(cancel), FUNCTION(watch),     FUNCTION(once),
      FUNCTION(counts), FUNCTION(versions)};
  napi_define_properties(env, exports, sizeof(functions) / sizeof(functions[0]),
                         functions);
  return exports;
}

NAPI_MODULE(native_abi, init)
