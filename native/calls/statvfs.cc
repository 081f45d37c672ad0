// statvfs: how large a file system is, and what is left. See statvfs(3).
#include "calls/statvfs.h"

#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>

#include "core/args.h"
#include "core/module.h"
#include "core/retried.h"
#include "jobs/scratch.h"

namespace rawloop {
namespace {

// statvfs(path, fields): 0 or -errno. Fills 11 float64.
napi_value Statvfs(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Scratch path;
  Span span;
  if (!path.CopyPath(env, args.at(0), "path") ||
      !args.Memory(1, &span, "fields") ||
      !IsAttached(env, args.at(1), span, "fields")) {
    return nullptr;
  }
  double fields[kStatvfsFields];
  if (span.size < sizeof(fields)) {
    ThrowRange(env, "fields", "at least 88 bytes: eleven float64");
    return nullptr;
  }
  const int result = ReadStatvfs(path.text(), fields);
  if (result == 0) memcpy(span.data, fields, sizeof(fields));
  return Int(env, result);
}

void RegisterStatvfs(napi_env env, napi_value exports) {
  const Function functions[] = {{"statvfs", Guarded<Statvfs>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterStatvfs);

}  // namespace

int ReadStatvfs(const char* path, double* fields) {
  struct statvfs found;
  if (Retried([&] { return statvfs(path, &found); }) != 0) return -errno;
  const auto number = [](auto value) { return static_cast<double>(value); };
  const double all[] = {
      number(found.f_bsize), number(found.f_frsize), number(found.f_blocks),
      number(found.f_bfree), number(found.f_bavail), number(found.f_files),
      number(found.f_ffree), number(found.f_favail), number(found.f_fsid),
      number(found.f_flag),  number(found.f_namemax)};
  static_assert(sizeof(all) == kStatvfsFields * sizeof(double), "one for each");
  memcpy(fields, all, sizeof(all));
  return 0;
}

}  // namespace rawloop
