// Removing a file, or a folder with all that is in it, as one job. Names are
// removed relative to the open folder that they are in, and no symbolic link is
// followed: whoever puts a link in the place of a folder meanwhile loses the
// link. See unlinkat(2), openat(2).
//
// A tree may be deeper than a thread's stack, and than the process may have
// descriptors: what is known of its levels is on the heap, and only the lowest
// of them are open. Those above are opened anew by "..", and have to be the
// same still.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <new>

#include "core/retried.h"
#include "jobs/entries.h"
#include "jobs/file_call.h"
#include "jobs/fs.h"

namespace rawloop {

namespace {

enum RemoveFlag : int {
  kRecursive = 1,
  kForce = 2,  // what is not there is no error
};

constexpr int kOpenLevels = 32;
constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

int64_t FailedWith(FileCall* call, Step step, int error) {
  errno = error;
  return call->Failed(step);
}

// A folder that is on its way out.
struct Level {
  explicit Level(int folder) : fd(folder) {}
  ~Level() { Close(); }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;

  void Close() {
    if (fd >= 0) close(fd);
    fd = -1;
  }
  // The name that is looked at.
  const char* name() const { return entries.name(next - 1); }

  int fd;  // -1: closed, until what is below it is gone
  dev_t device = 0;
  ino_t inode = 0;
  Entries entries;
  uint32_t next = 0;
  Level* above = nullptr;
  Level* below = nullptr;
};

class Removal {
 public:
  Removal(FileCall* call, const char* path) : call_(call), path_(path) {}
  ~Removal() {
    while (lowest_ != nullptr) Leave();
  }

  // 0 or -errno.
  int64_t Run() {
    int64_t result = Unlink();
    while (result == kFull || (result == 0 && lowest_ != nullptr)) {
      result = result == kFull ? Enter() : Advance();
    }
    return result;
  }

 private:
  // A folder that is not empty.
  static constexpr int64_t kFull = 1;

  // What is looked at: the path itself at first.
  int folder() const { return lowest_ == nullptr ? AT_FDCWD : lowest_->fd; }
  const char* name() const {
    return lowest_ == nullptr ? path_ : lowest_->name();
  }

  int64_t Unlink() {
    if (unlinkat(folder(), name(), 0) == 0) return 0;
    // Linux says EISDIR of a folder, others EPERM, which means other things
    // too.
    const int error = errno;
    if (error != EISDIR && error != EPERM) return Failed(Step::kUnlink, error);
    if (unlinkat(folder(), name(), AT_REMOVEDIR) == 0) return 0;
    if (errno == ENOTEMPTY || errno == EEXIST) return kFull;
    if (errno == ENOTDIR) return Failed(Step::kUnlink, error);
    return Failed(Step::kRmdir, errno);
  }

  // The next name of the lowest level; or the level itself, once it is empty.
  int64_t Advance() {
    if (lowest_->next == lowest_->entries.count()) return RemoveLowest();
    lowest_->next++;
    return Unlink();
  }

  int64_t Enter() {
    const int fd = Retried(
        [&] { return openat(folder(), name(), kFolderFlags | O_NOFOLLOW); });
    if (fd < 0) return Failed(Step::kScandir, errno);
    auto* level = new (std::nothrow) Level(fd);
    if (level == nullptr) {
      close(fd);
      return -ENOMEM;
    }
    level->above = lowest_;
    if (lowest_ != nullptr) lowest_->below = level;
    lowest_ = level;
    if (highest_open_ == nullptr) highest_open_ = level;
    if (++open_ > kOpenLevels) {
      highest_open_->Close();
      highest_open_ = highest_open_->below;
      open_--;
    }
    struct stat s;
    if (fstat(fd, &s) != 0) return Failed(Step::kScandir, errno);
    level->device = s.st_dev;
    level->inode = s.st_ino;
    const int read = ReadAllEntries(fd, &level->entries);
    return read < 0 ? Failed(Step::kScandir, -read) : 0;
  }

  int64_t RemoveLowest() {
    Level* above = lowest_->above;
    if (above != nullptr && above->fd < 0) {
      const int error = Reopen(above);
      if (error != 0) return Failed(Step::kScandir, error);
    }
    Leave();
    if (unlinkat(folder(), name(), AT_REMOVEDIR) == 0) return 0;
    return Failed(Step::kRmdir, errno);
  }

  // EBUSY: somebody has moved what is below it elsewhere.
  int Reopen(Level* above) {
    above->fd =
        Retried([&] { return openat(lowest_->fd, "..", kFolderFlags); });
    if (above->fd < 0) return errno;
    highest_open_ = above;
    open_++;
    struct stat s;
    if (fstat(above->fd, &s) != 0) return errno;
    const bool is_same = s.st_dev == above->device && s.st_ino == above->inode;
    return is_same ? 0 : EBUSY;
  }

  void Leave() {
    Level* level = lowest_;
    lowest_ = level->above;
    if (lowest_ != nullptr) lowest_->below = nullptr;
    if (level->fd >= 0) open_--;
    if (highest_open_ == level) highest_open_ = nullptr;
    delete level;
  }

  // What others remove meanwhile is removed.
  int64_t Failed(Step step, int error) {
    if (error == ENOENT && lowest_ != nullptr) return 0;
    return FailedWith(call_, step, error);
  }

  FileCall* const call_;
  const char* const path_;
  Level* lowest_ = nullptr;
  // The open levels are this one and all below it.
  Level* highest_open_ = nullptr;
  int open_ = 0;
};

// rm(path, flags): -EISDIR for a folder, unless the flags say so.
int64_t Remove(FileCall* call) {
  const int flags = call->integer(1);
  const char* path = call->path(0);
  call->MustFinish();
  int64_t result = 0;
  if ((flags & kRecursive) != 0) {
    result = Removal(call, path).Run();
  } else if (unlink(path) != 0) {
    result = call->Failed(Step::kUnlink);
  }
  if (result == 0 || (result == -ENOENT && (flags & kForce) != 0)) return 0;
  // Node looks for it first, and tells that.
  struct stat s;
  const int error = static_cast<int>(-result);
  if (lstat(path, &s) != 0 && errno == error) {
    return FailedWith(call, Step::kLstat, error);
  }
  return result;
}

constexpr Operation kTable[] = {{"rm", MakeFileCall<Remove, kPath, kInteger>}};

}  // namespace

const Operations kTreeCalls = AllOf(kTable);

}  // namespace rawloop
