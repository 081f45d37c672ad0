// Calls whose result is a path, as bytes: readlink(2), realpath(3), mkdtemp(3),
// and the folders up to a path.
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "jobs/file_call.h"
#include "jobs/fs.h"

namespace rawloop {

namespace {

// Most links are shorter, and are read by one call.
constexpr size_t kFirstBytes = 160;

// What fills the memory may have been cut, as the kernel does not say: it is
// read again into more. lstat(2) would not tell the length, as it is 0 for
// links of procfs and another when the link was replaced meanwhile.
int64_t Readlink(FileCall* call) {
  for (size_t room = kFirstBytes;; room *= 4) {
    uint8_t* target = call->Output(room);
    if (target == nullptr) return -ENOMEM;
    const ssize_t length =
        readlink(call->path(0), reinterpret_cast<char*>(target), room);
    if (length < 0) return -errno;
    if (static_cast<size_t>(length) == room) continue;
    call->SetSize(static_cast<size_t>(length));
    return 0;
  }
}

int64_t Realpath(FileCall* call) {
  char* path = realpath(call->path(0), nullptr);
  if (path == nullptr) return -errno;
  const int64_t result = call->Return(path, strlen(path));
  free(path);
  return result;
}

// mkdtemp(prefix): the prefix with six characters behind it.
int64_t Mkdtemp(FileCall* call) {
  const Scratch& prefix = call->bytes(0);
  const size_t size = prefix.size() + 6;
  auto* path = reinterpret_cast<char*>(call->Output(size + 1));
  if (path == nullptr) return -ENOMEM;
  memcpy(path, prefix.text(), prefix.size());
  memcpy(path + prefix.size(), "XXXXXX", 7);
  if (mkdtemp(path) == nullptr) return -errno;
  call->SetSize(size);
  return 0;
}

// Makes the folder at `path` up to `end`. 1: made; 0: it was there; -errno.
int MakeFolder(char* path, size_t end, bool is_last, mode_t mode) {
  const char kept = path[end];
  path[end] = 0;
  int result = mkdir(path, mode) == 0 ? 1 : -errno;
  if (result < 0 && result != -ENOENT) {
    // What a mkdir says of what is there differs: EEXIST, EISDIR, EROFS.
    struct stat s;
    const int error = stat(path, &s) == 0 ? 0 : -errno;
    if (error == 0 && S_ISDIR(s.st_mode)) {
      result = 0;
    } else if (result == -EEXIST && !is_last) {
      result = -ENOTDIR;
    } else if (result == -EEXIST && error != 0) {
      // A link that leads nowhere.
      result = error;
    }
  }
  path[end] = kept;
  return result;
}

size_t WithoutSlashes(const char* path, size_t end) {
  while (end > 1 && path[end - 1] == '/') end--;
  return end;
}

// mkdirs(path, mode): makes what is missing of `path`; the result is the first
// folder that was made, nothing when all were there. The number of components
// is bounded by what the kernel takes for a path.
int64_t Mkdirs(FileCall* call) {
  const size_t size = call->bytes(0).size();
  const auto mode = static_cast<mode_t>(call->integer(1));
  auto* path = reinterpret_cast<char*>(call->Output(size + 1));
  if (path == nullptr) return -ENOMEM;
  memcpy(path, call->path(0), size + 1);
  const size_t last = WithoutSlashes(path, size);
  size_t end = last;
  int result;
  // Up, to what is there.
  while ((result = MakeFolder(path, end, end == last, mode)) == -ENOENT) {
    size_t up = end;
    while (up > 0 && path[up - 1] != '/') up--;
    up = WithoutSlashes(path, up);
    if (up == 0 || up == end) return result;
    end = up;
  }
  if (result < 0) return result;
  size_t first = result == 1 ? end : 0;
  // And down again.
  while (end < last) {
    while (path[end] == '/') end++;
    while (end < last && path[end] != '/') end++;
    result = MakeFolder(path, end, end == last, mode);
    if (result < 0) return result;
    if (first == 0) first = end;
  }
  call->SetSize(first);
  return 0;
}

constexpr Operation kTable[] = {
    {"readlink", MakeFileCall<Readlink, kPath>},
    {"realpath", MakeFileCall<Realpath, kPath>},
    {"mkdtemp", MakeFileCall<Mkdtemp, kPath>},
    {"mkdirs", MakeFileCall<Mkdirs, kPath, kInteger>}};

}  // namespace

const Operations kNameCalls = AllOf(kTable);

}  // namespace rawloop
