// Calls on files that never wait, made on the loop's thread: what the kernel
// has in memory. Each fails with -EAGAIN, -EOPNOTSUPP or -ENOSYS where it would
// have to wait, or cannot promise not to: then a thread does it. See
// openat2(2), RESOLVE_CACHED; preadv2(2), RWF_NOWAIT; statx(2).
//
//   lookNow(path, flags, cells)          the fields of stat.h: 0
//   statNow(fd, flags, cells)            the same of what is open: 0
//   openNow(path, flags, mounts)         a descriptor of a regular file, owned
//   readNow(fd, buffer, position)        bytes read, as many as asked for or
//                                        up to the end of the file
//   readFileNow(path, flags, mounts, max)
//                                        a Buffer with all that the file has,
//                                        where that is at most `max` bytes
//
// Without `mounts` (0) a path that leads from one mount to another fails with
// -EXDEV: what is at its end is then where it begins.
//
// What a status or an open sends to a server would wait for it (NFS, FUSE), so
// that the caller looks on which file system a file is before it believes one
// or opens it.
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"
#include "jobs/scratch.h"
#include "jobs/statx.h"

// Since Linux 5.12; older headers lack it, older kernels refuse it.
#ifndef RESOLVE_CACHED
#define RESOLVE_CACHED 0x20
#endif
#ifndef RWF_NOWAIT
#define RWF_NOWAIT 8
#endif
#ifndef AT_STATX_DONT_SYNC
#define AT_STATX_DONT_SYNC 0x4000
#endif

namespace rawloop {
namespace {

enum StatusFlag : uint32_t {
  kNoFollow = 1,
  kBigint = 2,
  kStatusFlags = 3,
};

// The flags of open(2) that wait for nothing: whoever makes or cuts a file
// writes to the file system.
constexpr int kMaxOpenFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_DIRECTORY |
                              O_NOATIME | O_NOCTTY | O_NONBLOCK | O_APPEND;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int Release() {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }

 private:
  int fd_;
};

// A descriptor or -errno. O_NONBLOCK: what is leased, or a FIFO that came in
// the place of a file, is not waited for.
int OpenCached(const char* path, int flags, int mounts = 1) {
  open_how how = {};
  how.flags = static_cast<uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_CACHED;
  if (mounts == 0) how.resolve |= RESOLVE_NO_XDEV;
  const long fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
  if (fd >= 0) return static_cast<int>(fd);
  // Kernels that have openat2(2) and not RESOLVE_CACHED say EINVAL. EPERM may
  // be a filter's, that knows no openat2(2), or the file's.
  if (errno == EINVAL) return -ENOSYS;
  return errno == EPERM ? -EAGAIN : -errno;
}

int StatOpen(int fd, int64_t fields[kStatFields]) {
  return Statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, fields);
}

bool IsRegular(const int64_t fields[kStatFields]) {
  return S_ISREG(static_cast<mode_t>(fields[kStatMode]));
}

void WriteFields(const int64_t fields[kStatFields], uint32_t flags,
                 uint8_t* cells) {
  if ((flags & kBigint) != 0) {
    memcpy(cells, fields, sizeof(int64_t) * kStatFields);
    return;
  }
  for (size_t i = 0; i < kStatFields; i++) {
    const auto number = static_cast<double>(fields[i]);
    memcpy(cells + i * sizeof(number), &number, sizeof(number));
  }
}

bool ReadCells(const Args& args, uint32_t* flags, Span* cells) {
  if (!args.Integer(1, "flags", flags, 0, kStatusFlags) ||
      !args.Memory(2, cells, "cells")) {
    return false;
  }
  if (cells->size >= sizeof(int64_t) * kStatFields) return true;
  ThrowRange(args.env(), "cells", "long enough, and not detached");
  return false;
}

napi_value LookNow(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Scratch path;
  uint32_t flags;
  Span cells;
  // The path is copied, which runs nothing of the user's: the cells stay.
  if (!ReadCells(args, &flags, &cells) ||
      !path.CopyPath(env, args.at(0), "path")) {
    return nullptr;
  }
  const int follow = (flags & kNoFollow) == 0 ? 0 : O_NOFOLLOW;
  Descriptor file(OpenCached(path.text(), O_PATH | follow));
  if (file.get() < 0) return Int(env, file.get());
  int64_t fields[kStatFields];
  const int result = StatOpen(file.get(), fields);
  if (result == 0) WriteFields(fields, flags, cells.data);
  return Int(env, result);
}

napi_value StatNow(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  uint32_t flags;
  Span cells;
  if (!args.Descriptor(0, &fd) || !ReadCells(args, &flags, &cells)) {
    return nullptr;
  }
  int64_t fields[kStatFields];
  const int result = StatOpen(fd, fields);
  if (result == 0) WriteFields(fields, flags, cells.data);
  return Int(env, result);
}

// (path, flags, mounts, ...)
bool ReadOpening(const Args& args, Scratch* path, int* flags, int* mounts) {
  return args.Integer(1, "flags", flags, 0) &&
         args.Integer(2, "mounts", mounts, 0, 1) &&
         path->CopyPath(args.env(), args.at(0), "path");
}

napi_value OpenNow(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Scratch path;
  int flags;
  int mounts;
  if (!ReadOpening(args, &path, &flags, &mounts)) return nullptr;
  if ((flags & ~kMaxOpenFlags) != 0) return Int(env, -EAGAIN);
  Descriptor file(OpenCached(path.text(), flags | O_NONBLOCK, mounts));
  if (file.get() < 0) return Int(env, file.get());
  // What is no file any more may have been opened without what it waits for.
  int64_t fields[kStatFields];
  const int result = StatOpen(file.get(), fields);
  if (result < 0) return Int(env, result);
  if (!IsRegular(fields)) return Int(env, -EAGAIN);
  // The program's own reads, and its children, see what was asked for.
  if ((flags & O_NONBLOCK) == 0 &&
      fcntl(file.get(), F_SETFL, flags & (O_APPEND | O_NOATIME)) < 0) {
    return Int(env, -EAGAIN);
  }
  return Int(env, Environment::Get(env)->owned.Opened(file.Release()));
}

// All of `span` from `position` on, or up to where the file ends by its size:
// never less, as a short answer may mean that the next page is not in memory,
// and on Linux 5.9 and 5.10 so may an answer of nothing.
int64_t ReadCached(int fd, const Span& span, int64_t position) {
  size_t filled = 0;
  while (filled < span.size) {
    const iovec rest = {span.data + filled, span.size - filled};
    // By number, as C libraries have it only from a few years ago on.
    const auto size = static_cast<ssize_t>(
        syscall(SYS_preadv2, fd, &rest, 1,
                position + static_cast<int64_t>(filled), 0, RWF_NOWAIT));
    if (size < 0) return -errno;
    filled += static_cast<size_t>(size);
    if (size > 0) continue;
    int64_t fields[kStatFields];
    const int result = StatOpen(fd, fields);
    if (result < 0) return result;
    const bool is_end =
        IsRegular(fields) &&
        position + static_cast<int64_t>(filled) >= fields[kStatSize];
    return is_end ? static_cast<int64_t>(filled) : -EAGAIN;
  }
  return static_cast<int64_t>(filled);
}

napi_value ReadNow(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  double position;
  Span span;
  if (!args.Descriptor(0, &fd) ||
      !ReadInteger(env, args.at(2), "position", -1, kMaxSafeInteger,
                   &position) ||
      !args.Memory(1, &span, "buffer")) {
    return nullptr;
  }
  if (position >= 0) {
    return Int(env, static_cast<int32_t>(
                        ReadCached(fd, span, static_cast<int64_t>(position))));
  }
  // Where the file stands is moved when it is known that all was read.
  const off_t begin = lseek(fd, 0, SEEK_CUR);
  if (begin < 0) return Int(env, -EAGAIN);
  const int64_t size = ReadCached(fd, span, begin);
  if (size > 0 && lseek(fd, begin + size, SEEK_SET) < 0) {
    return Int(env, -EAGAIN);
  }
  return Int(env, static_cast<int32_t>(size));
}

napi_value ReadFileNow(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Scratch path;
  int flags;
  int mounts;
  int32_t max;
  if (!args.Integer(3, "max", &max, 0) ||
      !ReadOpening(args, &path, &flags, &mounts)) {
    return nullptr;
  }
  if ((flags & ~kMaxOpenFlags) != 0) return Int(env, -EAGAIN);
  Descriptor file(OpenCached(path.text(), flags | O_NONBLOCK, mounts));
  if (file.get() < 0) return Int(env, file.get());
  int64_t fields[kStatFields];
  const int result = StatOpen(file.get(), fields);
  if (result < 0) return Int(env, result);
  // What is on procfs is a regular file of no size that has content.
  if (!IsRegular(fields) || fields[kStatSize] > max) return Int(env, -EAGAIN);
  Span content;
  content.size = static_cast<size_t>(fields[kStatSize]);
  void* data = nullptr;
  napi_value buffer;
  if (napi_create_buffer(env, content.size, &data, &buffer) != napi_ok) {
    return Int(env, -EAGAIN);
  }
  content.data = static_cast<uint8_t*>(data);
  const int64_t size = ReadCached(file.get(), content, 0);
  if (size == static_cast<int64_t>(content.size)) return buffer;
  return Int(env, size < 0 ? static_cast<int32_t>(size) : -EAGAIN);
}

void RegisterInline(napi_env env, napi_value exports) {
  const Function functions[] = {{"lookNow", Guarded<LookNow>},
                                {"statNow", Guarded<StatNow>},
                                {"openNow", Guarded<OpenNow>},
                                {"readNow", Guarded<ReadNow>},
                                {"readFileNow", Guarded<ReadFileNow>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterInline);

}  // namespace
}  // namespace rawloop
