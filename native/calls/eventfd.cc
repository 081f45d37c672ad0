// eventfd: a counter behind a descriptor, the cheapest wake-up Linux has.
// See eventfd(2).
#include <sys/eventfd.h>

#include <cerrno>
#include <cstdint>

#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"

namespace rawloop {
namespace {

// eventfd(initval, flags?): descriptor or -errno.
napi_value Eventfd(napi_env env, napi_callback_info info) {
  Args args(env, info);
  unsigned int initial = 0;
  int flags = 0;
  if (!args.OptionalInteger(0, "initval", &initial) ||
      !args.OptionalInteger(1, "flags", &flags)) {
    return nullptr;
  }
  return Opened(env, eventfd(initial, flags | EFD_CLOEXEC));
}

void RegisterEventfd(napi_env env, napi_value exports) {
  const Function functions[] = {{"eventfd", Guarded<Eventfd>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterEventfd);

}  // namespace
}  // namespace rawloop
