// Calls on paths whose result is that they succeeded. Each is the man page's;
// EINTR is retried where the call knows it.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "core/retried.h"
#include "jobs/file_call.h"
#include "jobs/file_times.h"
#include "jobs/fs.h"

namespace rawloop {

namespace {

int64_t Rename(FileCall* call) {
  return OrErrno(rename(call->path(0), call->path(1)));
}

int64_t Link(FileCall* call) {
  return OrErrno(link(call->path(0), call->path(1)));
}

// symlink(target, path)
int64_t Symlink(FileCall* call) {
  return OrErrno(symlink(call->path(0), call->path(1)));
}

int64_t Unlink(FileCall* call) { return OrErrno(unlink(call->path(0))); }

int64_t Rmdir(FileCall* call) { return OrErrno(rmdir(call->path(0))); }

// mkdir(path, mode)
int64_t Mkdir(FileCall* call) {
  return OrErrno(mkdir(call->path(0), static_cast<mode_t>(call->integer(1))));
}

// chmod(path, mode)
int64_t Chmod(FileCall* call) {
  return OrErrno(chmod(call->path(0), static_cast<mode_t>(call->integer(1))));
}

// chown(path, uid, gid); -1 leaves one as it is.
int64_t Chown(FileCall* call) {
  return OrErrno(chown(call->path(0), static_cast<uid_t>(call->number(1)),
                       static_cast<gid_t>(call->number(2))));
}

int64_t Lchown(FileCall* call) {
  return OrErrno(lchown(call->path(0), static_cast<uid_t>(call->number(1)),
                        static_cast<gid_t>(call->number(2))));
}

// utimes(path, s, ns, s, ns)
int64_t Utimes(FileCall* call) {
  const FileTimes given(*call, 1);
  return OrErrno(utimensat(AT_FDCWD, call->path(0), given.times, 0));
}

int64_t Lutimes(FileCall* call) {
  const FileTimes given(*call, 1);
  return OrErrno(
      utimensat(AT_FDCWD, call->path(0), given.times, AT_SYMLINK_NOFOLLOW));
}

// truncate(path, length): by ftruncate(2), as Node does, so that the error says
// which of the two it was.
int64_t Truncate(FileCall* call) {
  const auto fd =
      Retried([&] { return open(call->path(0), O_RDWR | O_CLOEXEC); });
  if (fd < 0) return call->Failed(Step::kOpen);
  const int64_t result =
      Retried([&] { return ftruncate(fd, call->number(1)); }) < 0
          ? call->Failed(Step::kFtruncate)
          : 0;
  close(fd);
  return result;
}

constexpr Operation kTable[] = {
    {"rename", MakeFileCall<Rename, kPath, kPath>},
    {"link", MakeFileCall<Link, kPath, kPath>},
    {"symlink", MakeFileCall<Symlink, kPath, kPath>},
    {"unlink", MakeFileCall<Unlink, kPath>},
    {"rmdir", MakeFileCall<Rmdir, kPath>},
    {"mkdir", MakeFileCall<Mkdir, kPath, kInteger>},
    {"chmod", MakeFileCall<Chmod, kPath, kInteger>},
    {"chown", MakeFileCall<Chown, kPath, kId, kId>},
    {"lchown", MakeFileCall<Lchown, kPath, kId, kId>},
    {"utimes", MakeFileCall<Utimes, kPath, kOffset, kPlace, kOffset, kPlace>},
    {"lutimes", MakeFileCall<Lutimes, kPath, kOffset, kPlace, kOffset, kPlace>},
    {"truncate", MakeFileCall<Truncate, kPath, kPlace>}};

}  // namespace

const Operations kPathCalls = AllOf(kTable);

}  // namespace rawloop
