// copyFile: content and permissions of a file for another, as one job.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "core/retried.h"
#include "jobs/copy_bytes.h"
#include "jobs/file_call.h"
#include "jobs/fs.h"

namespace rawloop {

int CopyBytesThroughMemory(int from, int to) {
  Scratch memory;
  if (!memory.Allocate(256 * 1024)) return -ENOMEM;
  for (;;) {
    const ssize_t size = read(from, memory.data(), memory.size());
    if (size == 0) return 0;
    if (size < 0 && errno != EINTR) return -errno;
    for (ssize_t done = 0; done < size;) {
      const ssize_t written =
          write(to, memory.data() + done, static_cast<size_t>(size - done));
      if (written < 0 && errno != EINTR) return -errno;
      if (written > 0) done += written;
    }
  }
}

namespace {

// The flags of Node's copyFile.
enum CopyFlag : int {
  kExclusive = 1,  // COPYFILE_EXCL
  kShare = 2,      // COPYFILE_FICLONE
  kMustShare = 4,  // COPYFILE_FICLONE_FORCE
};

// Of two open files: 0 or -errno.
int CopyContent(int from, int to, int flags) {
  if ((flags & (kShare | kMustShare)) != 0) {
    const int result = ShareBlocks(from, to);
    if (result == 0 || (flags & kMustShare) != 0) return result;
  }
  return CopyBytes(from, to);
}

bool IsSame(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

// From `from`, which is open, to the file at `path`. A copy that was begun and
// failed is removed.
int CopyTo(int from, const char* path, int flags) {
  struct stat source;
  struct stat target;
  if (fstat(from, &source) != 0) return -errno;
  if (S_ISDIR(source.st_mode)) return -EISDIR;
  const int exclusive = (flags & kExclusive) != 0 ? O_EXCL : 0;
  const auto to = Retried([&] {
    return open(path, O_WRONLY | O_CREAT | O_CLOEXEC | exclusive,
                source.st_mode & 0777);
  });
  if (to < 0) return -errno;
  int result = fstat(to, &target) == 0 ? 0 : -errno;
  if (result == 0 && IsSame(source, target)) {
    close(to);
    return 0;
  }
  // Not by O_TRUNC: had it been the same file its content would be gone.
  if (result == 0) result = OrErrno(Retried([&] { return ftruncate(to, 0); }));
  if (result == 0) result = OrErrno(fchmod(to, source.st_mode & 07777));
  if (result == 0) result = CopyContent(from, to, flags);
  if (close(to) != 0 && errno != EINTR && result == 0) result = -errno;
  if (result < 0) unlink(path);
  return result;
}

// copyFile(from, to, flags)
int64_t CopyFile(FileCall* call) {
  const auto from =
      Retried([&] { return open(call->path(0), O_RDONLY | O_CLOEXEC); });
  if (from < 0) return -errno;
  call->MustFinishFile(from);
  const int result = CopyTo(from, call->path(1), call->integer(2));
  close(from);
  return result;
}

constexpr Operation kTable[] = {
    {"copyFile", MakeFileCall<CopyFile, kPath, kPath, kInteger>}};

}  // namespace

const Operations kCopyCalls = AllOf(kTable);

}  // namespace rawloop
