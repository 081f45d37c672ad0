// An addon for tests: any system call by its number, for kernel objects that
// the package has no call for. Linux alone. See syscall(2).
#define _GNU_SOURCE
#include <errno.h>
#include <node_api.h>
#include <sys/syscall.h>
#include <unistd.h>

// A number as it is; a typed array as a pointer to its bytes.
static long Word(napi_env env, napi_value value) {
  bool is_view = false;
  napi_is_typedarray(env, value, &is_view);
  if (is_view) {
    void* bytes = NULL;
    napi_get_typedarray_info(env, value, NULL, NULL, &bytes, NULL, NULL);
    return (long)bytes;
  }
  int64_t number = 0;
  napi_get_value_int64(env, value, &number);
  return (long)number;
}

// call(number, ...words): the result, or -errno.
static napi_value Call(napi_env env, napi_callback_info info) {
  napi_value values[7];
  size_t count = 7;
  long words[7] = {0};
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  for (size_t i = 0; i < count && i < 7; i++) words[i] = Word(env, values[i]);
  const long result = syscall(words[0], words[1], words[2], words[3], words[4],
                              words[5], words[6]);
  napi_value number;
  napi_create_int64(env, result < 0 ? -errno : result, &number);
  return number;
}

static void Add(napi_env env, napi_value numbers, const char* name,
                int number) {
  napi_value value;
  napi_create_int32(env, number, &value);
  napi_set_named_property(env, numbers, name, value);
}

NAPI_MODULE_INIT() {
  napi_value function, numbers;
  napi_create_function(env, "call", NAPI_AUTO_LENGTH, Call, NULL, &function);
  napi_set_named_property(env, exports, "call", function);
  napi_create_object(env, &numbers);
  Add(env, numbers, "fanotify_init", SYS_fanotify_init);
  Add(env, numbers, "fanotify_mark", SYS_fanotify_mark);
  Add(env, numbers, "gettid", SYS_gettid);
  Add(env, numbers, "inotify_add_watch", SYS_inotify_add_watch);
  Add(env, numbers, "inotify_init1", SYS_inotify_init1);
  Add(env, numbers, "mq_open", SYS_mq_open);
  Add(env, numbers, "mq_timedsend", SYS_mq_timedsend);
  Add(env, numbers, "mq_unlink", SYS_mq_unlink);
  Add(env, numbers, "pidfd_open", SYS_pidfd_open);
  Add(env, numbers, "rt_sigprocmask", SYS_rt_sigprocmask);
  Add(env, numbers, "rt_tgsigqueueinfo", SYS_rt_tgsigqueueinfo);
  Add(env, numbers, "signalfd4", SYS_signalfd4);
  Add(env, numbers, "tgkill", SYS_tgkill);
  Add(env, numbers, "timerfd_create", SYS_timerfd_create);
  Add(env, numbers, "timerfd_settime", SYS_timerfd_settime);
  Add(env, numbers, "wait4", SYS_wait4);
  napi_set_named_property(env, exports, "numbers", numbers);
  return exports;
}
