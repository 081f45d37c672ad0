// An addon for tests: a pair of a pseudoterminal's ends. See openpty(3).
#define _GNU_SOURCE
#include <fcntl.h>
#include <node_api.h>
#include <stdlib.h>
#include <termios.h>

// openPty(): [ours, its] of a raw terminal, or undefined. Both are the
// caller's.
static napi_value OpenPty(napi_env env, napi_callback_info info) {
  (void)info;
  const int ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (ours < 0 || grantpt(ours) != 0 || unlockpt(ours) != 0) return NULL;
  fcntl(ours, F_SETFL, fcntl(ours, F_GETFL) | O_NONBLOCK);
  const int its = open(ptsname(ours), O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (its < 0) return NULL;
  struct termios modes;
  tcgetattr(its, &modes);
  cfmakeraw(&modes);
  tcsetattr(its, TCSANOW, &modes);
  napi_value pair, fd;
  napi_create_array_with_length(env, 2, &pair);
  napi_create_int32(env, ours, &fd);
  napi_set_element(env, pair, 0, fd);
  napi_create_int32(env, its, &fd);
  napi_set_element(env, pair, 1, fd);
  return pair;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "openPty", NAPI_AUTO_LENGTH, OpenPty, NULL,
                       &function);
  napi_set_named_property(env, exports, "openPty", function);
  return exports;
}
