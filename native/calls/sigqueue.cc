// A signal with a value, for a process. macOS has none: sigqueue_absent.cc. See
// sigqueue(3).
#include <cerrno>
#include <csignal>

#include "core/args.h"
#include "core/module.h"

namespace rawloop {
namespace {

// sigqueue(pid, sig, value): 0 or -errno. The value is an int, which is what
// both halves of the union have in common.
napi_value Sigqueue(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int pid;
  int signal;
  int number;
  if (!args.Integer(0, "pid", &pid) || !args.Integer(1, "sig", &signal) ||
      !args.Integer(2, "value", &number)) {
    return nullptr;
  }
  union sigval value {};
  value.sival_int = number;
  return Int(env, OrErrno(sigqueue(pid, signal, value)));
}

void RegisterSigqueue(napi_env env, napi_value exports) {
  const Function functions[] = {{"sigqueue", Guarded<Sigqueue>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterSigqueue);

}  // namespace
}  // namespace rawloop
