// Files and folders as they are opened to be watched by EVFILT_VNODE, which
// needs a descriptor of each: for its notes alone, where the system knows such
// an opening (macOS: it does not hold a disk that is to be unmounted). Nothing
// else is opened, as that would do something: a FIFO would have a reader. See
// open(2), kqueue(2).
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"
#include "core/retried.h"
#include "jobs/entries.h"
#include "jobs/scratch.h"

namespace rawloop {
namespace {

#ifdef O_EVTONLY
constexpr int kAccess = O_EVTONLY;
#else
constexpr int kAccess = O_RDONLY;
#endif

// How it is opened; lib/paths/vnodes/vnode.ts has the same numbers.
constexpr int kFollow = 1;
constexpr int kOnlyFolders = 2;
constexpr int kHowMax = kFollow | kOnlyFolders;

// What is told of it, in numbers of 64 bits.
struct Facts {
  uint64_t device;
  uint64_t inode;
  uint64_t size;
  uint64_t links;
  uint64_t is_folder;
};

bool IsWatched(const struct stat& status) {
  return S_ISREG(status.st_mode) || S_ISDIR(status.st_mode);
}

Facts FactsOf(const struct stat& status) {
  return {static_cast<uint64_t>(status.st_dev),
          static_cast<uint64_t>(status.st_ino),
          static_cast<uint64_t>(status.st_size),
          static_cast<uint64_t>(status.st_nlink),
          static_cast<uint64_t>(S_ISDIR(status.st_mode) ? 1 : 0)};
}

// The descriptor or -errno: -ENOTDIR for no folder where one is wanted,
// -EOPNOTSUPP for what is neither file nor folder, -EAGAIN for what became
// something else meanwhile.
int Open(int at, const char* path, int how, Facts* facts) {
  const bool follows = (how & kFollow) != 0;
  struct stat status;
  if (fstatat(at, path, &status, follows ? 0 : AT_SYMLINK_NOFOLLOW) < 0) {
    return -errno;
  }
  const bool is_folder = S_ISDIR(status.st_mode);
  if (!is_folder && (how & kOnlyFolders) != 0) return -ENOTDIR;
  if (!IsWatched(status)) return -EOPNOTSUPP;
  const int flags = kAccess | O_NONBLOCK | O_NOCTTY | O_CLOEXEC |
                    (is_folder ? O_DIRECTORY : 0) | (follows ? 0 : O_NOFOLLOW);
  const int fd = Retried([&] { return openat(at, path, flags); });
  if (fd < 0) return -errno;
  int error = fstat(fd, &status) < 0 ? -errno : 0;
  if (error == 0 &&
      (!IsWatched(status) || S_ISDIR(status.st_mode) != is_folder)) {
    error = -EAGAIN;
  }
  if (error < 0) {
    close(fd);
    return error;
  }
  *facts = FactsOf(status);
  return fd;
}

bool ReadFacts(const Args& args, size_t index, Facts** out) {
  Span memory;
  if (!args.Memory(index, &memory, "facts")) return false;
  if (memory.size < sizeof(Facts)) {
    ThrowRange(args.env(), "facts", "5 numbers of 64 bits");
    return false;
  }
  *out = reinterpret_cast<Facts*>(memory.data);
  return true;
}

// openVnode(at, path, how, facts): `at` a folder's descriptor, or -1 for a path
// that is whole.
napi_value OpenVnode(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int at;
  int how;
  Scratch path;
  Facts* facts;
  if (!args.Integer(0, "at", &at, -1) ||
      !args.Integer(2, "how", &how, 0, kHowMax) ||
      !path.CopyPath(env, args.at(1), "path") || !ReadFacts(args, 3, &facts)) {
    return nullptr;
  }
  const int fd = Open(at < 0 ? AT_FDCWD : at, path.text(), how, facts);
  return fd < 0 ? Int(env, fd) : Opened(env, fd);
}

// vnodeFacts(fd, facts): what there is to tell of it now. 0 or -errno.
napi_value VnodeFacts(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  Facts* facts;
  if (!args.Descriptor(0, &fd) || !ReadFacts(args, 1, &facts)) return nullptr;
  struct stat status;
  if (fstat(fd, &status) < 0) return Int(env, -errno);
  *facts = FactsOf(status);
  return Int(env, 0);
}

// listVnode(fd): all that is in a folder, as the job of that name tells it, at
// once; or -errno.
napi_value ListVnode(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  if (!args.Descriptor(0, &fd)) return nullptr;
  Entries entries;
  const int error = ListFolder(fd, &entries);
  if (error < 0) return Int(env, error);
  void* memory = nullptr;
  napi_value listing = nullptr;
  if (napi_create_buffer(env, entries.listing_bytes(), &memory, &listing) !=
      napi_ok) {
    return Int(env, -ENOMEM);
  }
  entries.WriteListing(static_cast<uint8_t*>(memory));
  return listing;
}

// descriptorLimit(): how many descriptors this process may have, as far as the
// number goes.
napi_value DescriptorLimit(napi_env env, napi_callback_info) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return Int(env, -errno);
  constexpr rlim_t kMost = INT32_MAX;
  return Int(env, static_cast<int32_t>(limit.rlim_cur < kMost ? limit.rlim_cur
                                                              : kMost));
}

void RegisterVnode(napi_env env, napi_value exports) {
  const Function functions[] = {{"openVnode", Guarded<OpenVnode>},
                                {"vnodeFacts", Guarded<VnodeFacts>},
                                {"listVnode", Guarded<ListVnode>},
                                {"descriptorLimit", Guarded<DescriptorLimit>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterVnode);

}  // namespace
}  // namespace rawloop
