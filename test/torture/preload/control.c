// The Node-API face of strike.c: the same library is preloaded and then loaded
// as an addon, which gives one instance. Every function takes numbers and gives
// one.
#include <node_api.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "strike.h"

static void ReadNumbers(napi_env env, napi_callback_info info, size_t count,
                        double* out) {
  napi_value arguments[8];
  size_t given = 8;
  napi_get_cb_info(env, info, &given, arguments, NULL, NULL);
  for (size_t i = 0; i < count; i++) {
    out[i] = 0;
    if (i < given) napi_get_value_double(env, arguments[i], &out[i]);
  }
}

static napi_value Number(napi_env env, double value) {
  napi_value result;
  napi_create_double(env, value, &result);
  return result;
}

// arm(scope, call, errno, first, lasting); errno 0 only counts.
static napi_value ArmNow(napi_env env, napi_callback_info info) {
  double n[5];
  ReadNumbers(env, info, 5, n);
  Arm((enum Scope)n[0], (enum Call)n[1], (int)n[2], (long)n[3], n[4] != 0);
  return Number(env, 0);
}

static napi_value DisarmNow(napi_env env, napi_callback_info info) {
  (void)info;
  Disarm();
  return Number(env, 0);
}

static napi_value HoldNow(napi_env env, napi_callback_info info) {
  (void)info;
  Hold();
  return Number(env, 0);
}

static napi_value ReleaseNow(napi_env env, napi_callback_info info) {
  (void)info;
  Release();
  return Number(env, 0);
}

// uses(call)
static napi_value UsesOf(napi_env env, napi_callback_info info) {
  double n[1];
  ReadNumbers(env, info, 1, n);
  return Number(env, (double)Uses((enum Call)n[0]));
}

static napi_value StruckTimes(napi_env env, napi_callback_info info) {
  (void)info;
  return Number(env, (double)Struck());
}

// limitDescriptors(count): the limit before.
static napi_value LimitDescriptors(napi_env env, napi_callback_info info) {
  double n[1];
  struct rlimit limit;
  ReadNumbers(env, info, 1, n);
  getrlimit(RLIMIT_NOFILE, &limit);
  double before = (double)limit.rlim_cur;
  limit.rlim_cur = (rlim_t)n[0];
  setrlimit(RLIMIT_NOFILE, &limit);
  return Number(env, before);
}

// names: what the numbers of the calls mean.
static napi_value Names(napi_env env) {
  napi_value names, name;
  napi_create_array(env, &names);
  for (int i = 0; i < kCalls; i++) {
    napi_create_string_utf8(env, kCallNames[i], NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, names, i, name);
  }
  return names;
}

NAPI_MODULE_INIT() {
  const struct {
    const char* name;
    napi_callback call;
  } functions[] = {{"arm", ArmNow},
                   {"disarm", DisarmNow},
                   {"hold", HoldNow},
                   {"release", ReleaseNow},
                   {"uses", UsesOf},
                   {"struck", StruckTimes},
                   {"limitDescriptors", LimitDescriptors}};
  for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
    napi_value function;
    napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH,
                         functions[i].call, NULL, &function);
    napi_set_named_property(env, exports, functions[i].name, function);
  }
  napi_set_named_property(env, exports, "names", Names(env));
  return exports;
}
