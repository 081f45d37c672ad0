// Removing a file, or a folder with all that is in it, as one job. Names are
// removed relative to the open folder that they are in, and no symbolic link is
// followed: whoever puts a link in the place of a folder meanwhile loses the
// link. See unlinkat(2), openat(2).
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

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

int RemoveTree(int parent, const char* name);

// 0 or -errno. What others remove meanwhile is removed.
int RemoveContent(int parent, const char* name) {
  const auto folder = Retried([&] {
    return openat(parent, name,
                  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  });
  if (folder < 0) return -errno;
  Entries entries;
  int result = ReadAllEntries(folder, &entries);
  for (uint32_t i = 0; result == 0 && i < entries.count(); i++) {
    result = RemoveTree(folder, entries.name(i));
    if (result == -ENOENT) result = 0;
  }
  close(folder);
  return result;
}

// A descriptor and a frame for each level: what is deeper than the process may
// have descriptors fails with EMFILE.
int RemoveTree(int parent, const char* name) {
  if (unlinkat(parent, name, 0) == 0) return 0;
  // Linux says EISDIR of a folder, others EPERM, which means other things too.
  const int error = errno;
  if (error != EISDIR && error != EPERM) return -error;
  if (unlinkat(parent, name, AT_REMOVEDIR) == 0) return 0;
  if (errno == ENOTDIR) return -error;
  if (errno != ENOTEMPTY && errno != EEXIST) return -errno;
  const int result = RemoveContent(parent, name);
  if (result < 0) return result;
  return OrErrno(unlinkat(parent, name, AT_REMOVEDIR));
}

// rm(path, flags): -EISDIR for a folder, unless the flags say so.
int64_t Remove(FileCall* call) {
  const int flags = call->integer(1);
  const char* path = call->path(0);
  call->MustFinish();
  int result;
  if ((flags & kRecursive) != 0) {
    result = RemoveTree(AT_FDCWD, path);
  } else {
    result = OrErrno(unlink(path));
  }
  if (result == -ENOENT && (flags & kForce) != 0) return 0;
  return result;
}

constexpr Operation kTable[] = {{"rm", MakeFileCall<Remove, kPath, kInteger>}};

}  // namespace

const Operations kTreeCalls = AllOf(kTable);

}  // namespace rawloop
