// A call that this system lacks: it is there all the same, and fails with
// -ENOSYS whatever its arguments. For the *_absent.cc files, of which a source
// list holds one where another holds the call itself.
#ifndef RAWLOOP_CORE_ABSENT_H_
#define RAWLOOP_CORE_ABSENT_H_

#include <cerrno>

#include "core/args.h"

namespace rawloop {

inline napi_value AbsentCall(napi_env env, napi_callback_info) {
  return Int(env, -ENOSYS);
}

}  // namespace rawloop

#endif  // RAWLOOP_CORE_ABSENT_H_
