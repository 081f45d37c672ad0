// What is behind a descriptor that is handed over. Not by the host's fstat:
// that of Deno knows what Deno has opened and nothing else. See fstat(2),
// isatty(3).
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"

namespace rawloop {
namespace {

// /dev/ptmx of Linux, major 5 and minor 2: each who opens it gets a terminal of
// his own. Nothing elsewhere asks for the difference.
constexpr dev_t kPtmx = (5 << 8) | 2;

const char* DeviceKind(int fd, const struct stat& status) {
  if (isatty(fd) == 0) return "device";
  return status.st_rdev == kPtmx ? "terminal-master" : "terminal";
}

const char* KindOf(int fd, const struct stat& status) {
  switch (status.st_mode & S_IFMT) {
    case S_IFIFO:
      return "pipe";
    case S_IFSOCK:
      return "socket";
    case S_IFCHR:
      return DeviceKind(fd, status);
    case S_IFREG:
    case S_IFDIR:
    case S_IFBLK:
      return "file";
    default:  // epoll, eventfd, a kqueue: no kind of file
      return "other";
  }
}

// fileKind(fd): 'pipe', 'socket', 'device', 'terminal', 'terminal-master',
// 'file' (or folder, or disk), 'other'; or -errno.
napi_value FileKind(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  if (!args.Descriptor(0, &fd)) return nullptr;
  struct stat status;
  if (fstat(fd, &status) < 0) return Int(env, -errno);
  napi_value kind = nullptr;
  napi_create_string_utf8(env, KindOf(fd, status), NAPI_AUTO_LENGTH, &kind);
  return kind;
}

// isSameFile(fd, other): 1 when both are of one pipe, terminal or file, else 0;
// or -errno.
napi_value IsSameFile(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int other;
  if (!args.Descriptor(0, &fd) || !args.Descriptor(1, &other, "other")) {
    return nullptr;
  }
  struct stat first;
  struct stat second;
  if (fstat(fd, &first) < 0 || fstat(other, &second) < 0) {
    return Int(env, -errno);
  }
  return Int(env, first.st_dev == second.st_dev &&
                      first.st_ino == second.st_ino &&
                      first.st_rdev == second.st_rdev);
}

void RegisterFileKind(napi_env env, napi_value exports) {
  const Function functions[] = {{"fileKind", Guarded<FileKind>},
                                {"isSameFile", Guarded<IsSameFile>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterFileKind);

}  // namespace
}  // namespace rawloop
