// An addon for tests: forks as a C library might, and calls JavaScript in the
// child.
#include <node_api.h>
#include <sys/wait.h>
#include <unistd.h>

// inChild(callback): the child's exit code; 99 when the callback throws.
static napi_value InChild(napi_env env, napi_callback_info info) {
  napi_value callback, undefined, result;
  size_t count = 1;
  napi_get_cb_info(env, info, &count, &callback, NULL, NULL);
  napi_get_undefined(env, &undefined);
  const pid_t pid = fork();
  if (pid == 0) {
    const napi_status status =
        napi_call_function(env, undefined, callback, 0, NULL, &result);
    _exit(status == napi_ok ? 0 : 99);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  napi_create_int32(env,
                    WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status),
                    &result);
  return result;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "inChild", NAPI_AUTO_LENGTH, InChild, NULL,
                       &function);
  napi_set_named_property(env, exports, "inChild", function);
  return exports;
}
