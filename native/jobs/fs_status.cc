// What the kernel knows of a file, and of its file system: the fields of
// stat.h or of statfs(2), as float64 or int64. See stat(2), statfs(2),
// access(2).
#include <unistd.h>
// The header that has statfs(2) has two names.
#if __has_include(<sys/vfs.h>)
#include <sys/vfs.h>
#else
#include <sys/mount.h>
#include <sys/param.h>
#endif

#include <cerrno>

#include "calls/statvfs.h"
#include "core/retried.h"
#include "jobs/file_call.h"
#include "jobs/fs.h"
#include "jobs/stat.h"

namespace rawloop {

namespace {

enum StatusFlag : int {
  kNoFollow = 1,  // lstat
  kBigint = 2,    // int64, else float64
};

template <size_t N>
int64_t ReturnFields(FileCall* call, int flags, const int64_t (&fields)[N]) {
  if ((flags & kBigint) != 0) return call->Return(fields, sizeof(fields));
  double numbers[N];
  for (size_t i = 0; i < N; i++) numbers[i] = static_cast<double>(fields[i]);
  return call->Return(numbers, sizeof(numbers));
}

// stat(path, flags)
int64_t Stat(FileCall* call) {
  const int flags = call->integer(1);
  int64_t fields[kStatFields];
  const int result = StatPath(call->path(0), (flags & kNoFollow) == 0, fields);
  return result < 0 ? result : ReturnFields(call, flags, fields);
}

// fstat(fd, flags)
int64_t Fstat(FileCall* call) {
  int64_t fields[kStatFields];
  const int result = StatDescriptor(call->integer(0), fields);
  return result < 0 ? result : ReturnFields(call, call->integer(1), fields);
}

// statfs(path, flags): type, bsize, blocks, bfree, bavail, files, ffree, and
// how it is mounted (ST_* on Linux).
int64_t Statfs(FileCall* call) {
  struct statfs s;
  const auto result = Retried([&] { return statfs(call->path(0), &s); });
  if (result < 0) return -errno;
  const int64_t fields[] = {
      static_cast<int64_t>(s.f_type),   static_cast<int64_t>(s.f_bsize),
      static_cast<int64_t>(s.f_blocks), static_cast<int64_t>(s.f_bfree),
      static_cast<int64_t>(s.f_bavail), static_cast<int64_t>(s.f_files),
      static_cast<int64_t>(s.f_ffree),  static_cast<int64_t>(s.f_flags)};
  return ReturnFields(call, call->integer(1), fields);
}

// access(path, mode): whether the process may, by its real user and group.
int64_t Access(FileCall* call) {
  return OrErrno(access(call->path(0), call->integer(1)));
}

// statvfs(path): see calls/statvfs.h.
int64_t Statvfs(FileCall* call) {
  double fields[kStatvfsFields];
  const int result = ReadStatvfs(call->path(0), fields);
  return result < 0 ? result : call->Return(fields, sizeof(fields));
}

constexpr Operation kTable[] = {
    {"stat", MakeFileCall<Stat, kPath, kInteger>},
    {"fstat", MakeFileCall<Fstat, kFd, kInteger>},
    {"statfs", MakeFileCall<Statfs, kPath, kInteger>},
    {"statvfs", MakeFileCall<Statvfs, kPath>},
    {"access", MakeFileCall<Access, kPath, kInteger>}};

}  // namespace

const Operations kStatusCalls = AllOf(kTable);

}  // namespace rawloop
