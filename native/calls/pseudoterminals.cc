// posix_openpt, grantpt, unlockpt, ptsname_r: a pseudoterminal's master, and
// the way to its slave. See pty(7).
#include <fcntl.h>
#include <stdlib.h>

#include <cerrno>

#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"
#include "core/retried.h"
#include "os/opening.h"

namespace rawloop {
namespace {

// As `/dev/pts/2147483647`; systems have names of 128 bytes at most.
constexpr size_t kNameBytes = 256;

// What is opened with others, such as O_PATH, is no master.
constexpr int kFlags = O_ACCMODE | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;

// posix_openpt(flags): a master, or -errno. EINTR is retried.
napi_value PosixOpenpt(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int flags;
  if (!args.Integer(0, "flags", &flags)) return nullptr;
  if ((flags & ~kFlags) != 0) return Int(env, -EINVAL);
  return Opened(env, Retried([&] { return OpenMaster(flags); }));
}

napi_value CallOnMaster(napi_env env, napi_callback_info info,
                        int (*call)(int)) {
  Args args(env, info);
  int fd;
  if (!args.Descriptor(0, &fd)) return nullptr;
  return Int(env, OrErrno(call(fd)));
}

// grantpt(fd): 0 or -errno.
napi_value Grantpt(napi_env env, napi_callback_info info) {
  return CallOnMaster(env, info, grantpt);
}

// unlockpt(fd): 0 or -errno.
napi_value Unlockpt(napi_env env, napi_callback_info info) {
  return CallOnMaster(env, info, unlockpt);
}

// ptsname_r(fd): the slave's path, or -errno.
napi_value PtsnameR(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  if (!args.Descriptor(0, &fd)) return nullptr;
  char name[kNameBytes];
  // The error itself, or -1 and errno: systems differ.
  int result = ptsname_r(fd, name, sizeof(name));
  if (result != 0) return Int(env, result > 0 ? -result : -errno);
  napi_value path = nullptr;
  napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &path);
  return path;
}

void RegisterPseudoterminals(napi_env env, napi_value exports) {
  const Function functions[] = {{"posix_openpt", Guarded<PosixOpenpt>},
                                {"grantpt", Guarded<Grantpt>},
                                {"unlockpt", Guarded<Unlockpt>},
                                {"ptsname_r", Guarded<PtsnameR>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterPseudoterminals);

}  // namespace
}  // namespace rawloop
