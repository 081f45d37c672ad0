// Which process this is, which of its descriptors have a handle, and what lives
// as long as this copy of the addon does in it. See getpid(2).
#include <unistd.h>

#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"

namespace rawloop {
namespace {

// getpid(): number. Of now: the host's process.pid is that of the start.
napi_value GetPid(napi_env env, napi_callback_info) {
  return Int(env, getpid());
}

// hold(fd, on): whether a handle has it from here on. 0 or -errno.
napi_value Hold(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  bool on = false;
  if (!args.Descriptor(0, &fd)) return nullptr;
  if (napi_get_value_bool(env, args.at(1), &on) != napi_ok) {
    ThrowType(env, "on", "a boolean");
    return nullptr;
  }
  return Int(env, Environment::Get(env)->owned.Hold(fd, on));
}

// ownership(fd): 0: not this environment's, or something else by now; 1: it is;
// 2: a handle has it.
napi_value Ownership(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  if (!args.Descriptor(0, &fd)) return nullptr;
  const OwnedDescriptors& owned = Environment::Get(env)->owned;
  if (owned.Check(fd) != 0) return Int(env, 0);
  return Int(env, owned.IsHeld(fd) ? 2 : 1);
}

void RegisterProcess(napi_env env, napi_value exports) {
  const Function functions[] = {{"getpid", Guarded<GetPid>},
                                {"hold", Guarded<Hold>},
                                {"ownership", Guarded<Ownership>}};
  Export(env, exports, functions);
  // kept: object. What hangs on it the collector leaves alone, also when
  // nothing leads to the exports any more.
  napi_value kept;
  napi_ref reference;
  if (napi_create_object(env, &kept) == napi_ok &&
      napi_create_reference(env, kept, 1, &reference) == napi_ok) {
    Environment::Get(env)->kept = reference;
    Define(env, exports, "kept", kept);
  }
}
RAWLOOP_MODULE(RegisterProcess);

}  // namespace
}  // namespace rawloop
