// What a Unix socket at a path needs beside socket(2) and bind(2): a lock by
// which those who start at one place at the same time take turns, and the
// permissions of a file that is not there yet. See flock(2), unix(7).
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"
#include "core/retried.h"

namespace rawloop {
namespace {

// False, with a TypeError pending, for no string.
bool ReadPath(napi_env env, napi_value value, std::string* out) {
  size_t size = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &size) != napi_ok) {
    ThrowType(env, "path", "a string");
    return false;
  }
  out->resize(size + 1);
  napi_get_value_string_utf8(env, value, out->data(), size + 1, &size);
  out->resize(size);
  return true;
}

// A lock of the folder itself goes with its descriptor, however the process
// ends, and leaves no file behind. It is never waited for. EINTR is retried.
int LockFolder(const char* path) {
  int fd = Retried([&] {
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
  });
  if (fd < 0) return -1;
  int result = Retried([&] { return flock(fd, LOCK_EX | LOCK_NB); });
  if (result == 0) return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

// lockFolder(path): a descriptor that holds the folder's lock until it is
// closed, or -errno (-EAGAIN: another holds it).
napi_value LockFolderAt(napi_env env, napi_callback_info info) {
  Args args(env, info);
  std::string path;
  if (!ReadPath(env, args.at(0), &path)) return nullptr;
  if (path.find('\0') != std::string::npos) return Int(env, -EINVAL);
  return Opened(env, LockFolder(path.c_str()));
}

// limitMode(fd, mode): the file that bind(2) will make for this socket gets no
// other permissions than these, where the kernel goes by the socket's own
// (Linux). 0 or -errno (-ENOTSOCK: a file would get them itself).
napi_value LimitMode(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  uint32_t mode;
  if (!args.Descriptor(0, &fd) || !args.Integer(1, "mode", &mode, 0, 0777)) {
    return nullptr;
  }
  struct stat status;
  if (fstat(fd, &status) < 0) return Int(env, -errno);
  if (!S_ISSOCK(status.st_mode)) return Int(env, -ENOTSOCK);
  return Int(env, OrErrno(fchmod(fd, static_cast<mode_t>(mode))));
}

void RegisterUnixPath(napi_env env, napi_value exports) {
  const Function functions[] = {{"lockFolder", Guarded<LockFolderAt>},
                                {"limitMode", Guarded<LimitMode>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterUnixPath);

}  // namespace
}  // namespace rawloop
