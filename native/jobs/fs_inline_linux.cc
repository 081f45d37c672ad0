// Paths that never wait, on the loop's thread: what the kernel has in memory.
// Each call fails with -EAGAIN, -EOPNOTSUPP or -ENOSYS where it would have to
// wait, or cannot promise not to: then a thread does it. See openat2(2),
// RESOLVE_CACHED; statx(2).
//
//   lookNow(path, flags, mounts, cells, devices)
//                                        the fields of stat.h: 0
//   statNow(fd, flags, cells, devices)   the same of what is open: 0
//   openNow(path, flags, mounts)         a descriptor of a regular file, owned
//   readFileNow(path, flags, mounts, max)
//                                        a Buffer with all that the file has;
//                                        -EFBIG: it has more than `max` bytes
//
// Without `mounts` (0) a path that leads from one mount to another fails with
// -EXDEV, and so does one that is not in memory: the kernel does not
// tell the two apart. What is at the end of others is where they begin, which
// the caller knows.
//
// What an open or a status sends to a server waits for it (NFS, FUSE). So a
// status is asked for only on one of `devices` (float64); of another, -EXDEV,
// and the first cell is its number. And who opens has looked before.
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"
#include "jobs/fs_inline.h"
#include "jobs/scratch.h"

// Since Linux 5.12; older headers lack it, older kernels refuse it.
#ifndef RESOLVE_CACHED
#define RESOLVE_CACHED 0x20
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
int OpenCached(const char* path, int flags, int mounts) {
  open_how how = {};
  how.flags = static_cast<uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_CACHED;
  if (mounts == 0) how.resolve |= RESOLVE_NO_XDEV;
  const long fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
  if (fd >= 0) return static_cast<int>(fd);
  // Kernels that have openat2(2) and not RESOLVE_CACHED say EINVAL. EPERM may
  // be a filter's, that knows no openat2(2), or the file's.
  if (errno == EINVAL) return -ENOSYS;
  if (errno == EAGAIN && mounts == 0) return -EXDEV;
  return errno == EPERM ? -EAGAIN : -errno;
}

// The same of a regular file, else -EAGAIN. Nothing else is opened, not even to
// be closed at once: who waits to write to a FIFO would find a reader, and lose
// what he writes. What is at the end of other mounts the caller has looked at.
int OpenRegular(const char* path, int flags, int mounts) {
  if (mounts == 0) {
    Descriptor place(OpenCached(path, O_PATH | (flags & O_NOFOLLOW), mounts));
    if (place.get() < 0) return place.get();
    int64_t fields[kStatFields];
    const int result = StatOpen(place.get(), fields);
    if (result < 0) return result;
    if (!IsRegular(fields)) return -EAGAIN;
  }
  return OpenCached(path, flags | O_NONBLOCK, mounts);
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

// Room for all fields.
bool ReadCells(const Args& args, size_t place, Span* cells) {
  if (!args.Memory(place, cells, "cells")) return false;
  if (cells->size >= sizeof(int64_t) * kStatFields) return true;
  ThrowRange(args.env(), "cells", "long enough, and not detached");
  return false;
}

// The status of what is open, where that is local.
int StatLocal(int fd, uint32_t flags, const Span& cells, const Span& devices) {
  int64_t fields[kStatFields];
  int result = DeviceOf(fd, fields);
  if (result < 0) return result;
  if (!IsAmong(devices, fields)) {
    WriteFields(fields, flags, cells.data);
    return -EXDEV;
  }
  result = StatOpen(fd, fields);
  if (result == 0) WriteFields(fields, flags, cells.data);
  return result;
}

napi_value LookNow(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Scratch path;
  uint32_t flags;
  int mounts;
  Span cells;
  Span devices;
  // The path is copied, which runs nothing of the user's: the cells stay.
  if (!args.Integer(1, "flags", &flags, 0, kStatusFlags) ||
      !args.Integer(2, "mounts", &mounts, 0, 1) ||
      !ReadCells(args, 3, &cells) ||
      (mounts != 0 && !args.Memory(4, &devices, "devices")) ||
      !path.CopyPath(env, args.at(0), "path")) {
    return nullptr;
  }
  const int follow = (flags & kNoFollow) == 0 ? 0 : O_NOFOLLOW;
  Descriptor file(OpenCached(path.text(), O_PATH | follow, mounts));
  if (file.get() < 0) return Int(env, file.get());
  if (mounts != 0)
    return Int(env, StatLocal(file.get(), flags, cells, devices));
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
  Span devices;
  if (!args.Descriptor(0, &fd) ||
      !args.Integer(1, "flags", &flags, 0, kStatusFlags) ||
      !ReadCells(args, 2, &cells) || !args.Memory(3, &devices, "devices")) {
    return nullptr;
  }
  return Int(env, StatLocal(fd, flags, cells, devices));
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
  Descriptor file(OpenRegular(path.text(), flags, mounts));
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
  Descriptor file(OpenRegular(path.text(), flags, mounts));
  if (file.get() < 0) return Int(env, file.get());
  int64_t fields[kStatFields];
  const int result = StatOpen(file.get(), fields);
  if (result < 0) return Int(env, result);
  // What is on procfs is a regular file of no size that has content.
  if (!IsRegular(fields)) return Int(env, -EAGAIN);
  if (fields[kStatSize] > max) return Int(env, -EFBIG);
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
                                {"readFileNow", Guarded<ReadFileNow>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterInline);

}  // namespace
}  // namespace rawloop
