// Processes, by their ids: a signal for one, and how a child of ours ended.
// What Linux alone has is processes_linux.cc's. See kill(2), waitid(2).
#include <sys/types.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>

#include "core/args.h"
#include "core/module.h"
#include "core/retried.h"

namespace rawloop {
namespace {

// kill(pid, sig): 0 or -errno.
napi_value Kill(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int pid;
  int signal;
  if (!args.Integer(0, "pid", &pid) || !args.Integer(1, "sig", &signal)) {
    return nullptr;
  }
  return Int(env, OrErrno(kill(pid, signal)));
}

// What is told of a child, in words of 32 bits; siginfo_t differs by system.
struct ChildWords {
  int32_t pid;
  int32_t uid;
  int32_t signal;
  int32_t status;
  int32_t code;
};

// waitid(idtype, id, info, options): 0 or -errno; EINTR is retried. `info` is
// all zeros when WNOHANG found nothing.
napi_value Waitid(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int kind;
  int id;
  int options;
  Span span;
  if (!args.Integer(0, "idtype", &kind) || !args.Integer(1, "id", &id, 0) ||
      !args.Integer(3, "options", &options) || !args.Memory(2, &span, "info")) {
    return nullptr;
  }
  if (span.size < sizeof(ChildWords)) {
    ThrowRange(env, "info", "5 words of 32 bits");
    return nullptr;
  }
  siginfo_t found;
  memset(&found, 0, sizeof(found));
  // In one thread's own time: what JavaScript handed over is filled behind it.
  int result = OrErrno(Retried([&] {
    return waitid(static_cast<idtype_t>(kind), static_cast<id_t>(id), &found,
                  options);
  }));
  if (result == 0) {
    const ChildWords words{found.si_pid, static_cast<int32_t>(found.si_uid),
                           found.si_signo, found.si_status, found.si_code};
    memcpy(span.data, &words, sizeof(words));
  }
  return Int(env, result);
}

void RegisterProcesses(napi_env env, napi_value exports) {
  const Function functions[] = {{"kill", Guarded<Kill>},
                                {"waitid", Guarded<Waitid>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterProcesses);

}  // namespace
}  // namespace rawloop
