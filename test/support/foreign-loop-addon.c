// An addon for tests: an event loop that is not ours, libuv's, with an epoll
// descriptor of its own. The host has its functions; no header of it is needed.
// See uv_backend_fd.
#include <node_api.h>
#include <stdlib.h>

#define POLL_HANDLE 8
#define RUN_NOWAIT 2
#define READABLE 1

size_t uv_loop_size(void);
size_t uv_handle_size(int type);
int uv_loop_init(void* loop);
int uv_loop_close(void* loop);
int uv_backend_fd(const void* loop);
int uv_run(void* loop, int mode);
int uv_poll_init(void* loop, void* handle, int fd);
int uv_poll_start(void* handle, int events, void (*told)(void*, int, int));
int uv_poll_stop(void* handle);
void uv_close(void* handle, void (*closed)(void*));

static void* loop;
static void* handle;
static int calls;

static void Told(void* which, int status, int events) {
  (void)which;
  if (status == 0 && (events & READABLE) != 0) calls++;
}

static napi_value Number(napi_env env, int value) {
  napi_value number;
  napi_create_int32(env, value, &number);
  return number;
}

// start(fd): the loop waits for it; the loop's own descriptor.
static napi_value Start(napi_env env, napi_callback_info info) {
  napi_value value;
  size_t count = 1;
  int fd = -1;
  napi_get_cb_info(env, info, &count, &value, NULL, NULL);
  napi_get_value_int32(env, value, &fd);
  loop = malloc(uv_loop_size());
  handle = malloc(uv_handle_size(POLL_HANDLE));
  calls = 0;
  uv_loop_init(loop);
  uv_poll_init(loop, handle, fd);
  uv_poll_start(handle, READABLE, Told);
  // What is waited for reaches the kernel with a turn.
  uv_run(loop, RUN_NOWAIT);
  return Number(env, uv_backend_fd(loop));
}

// turn(): how many calls there were so far.
static napi_value Turn(napi_env env, napi_callback_info info) {
  (void)info;
  uv_run(loop, RUN_NOWAIT);
  return Number(env, calls);
}

// end(): 0
static napi_value End(napi_env env, napi_callback_info info) {
  (void)info;
  uv_poll_stop(handle);
  uv_close(handle, NULL);
  uv_run(loop, RUN_NOWAIT);
  int result = uv_loop_close(loop);
  free(handle);
  free(loop);
  return Number(env, result);
}

NAPI_MODULE_INIT() {
  napi_property_descriptor functions[] = {
      {"start", NULL, Start, NULL, NULL, NULL, napi_enumerable, NULL},
      {"turn", NULL, Turn, NULL, NULL, NULL, napi_enumerable, NULL},
      {"end", NULL, End, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, 3, functions);
  return exports;
}
