// The entries of a folder: all of them by its path, or all or some of one that
// is open. See getdents(2), readdir(3).
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "core/retried.h"
#include "jobs/entries.h"
#include "jobs/fs.h"

namespace rawloop {

namespace {

// readdir(path, types): sorted. With `types` what the file system does not tell
// is asked for.
int64_t Readdir(FileCall* call) {
  const auto fd = Retried(
      [&] { return open(call->path(0), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (fd < 0) return -errno;
  Entries entries;
  int64_t result = ReadAllEntries(fd, &entries);
  if (result == 0) {
    if (call->integer(1) != 0) entries.CompleteTypes(fd);
    entries.Sort();
    result = entries.ReturnTo(call);
  }
  close(fd);
  return result;
}

// entries(fd): the next of them, in the kernel's order; none at the end.
int64_t NextEntries(FileCall* call) {
  const int fd = call->integer(0);
  Entries entries;
  int result;
  do {
    result = ReadEntries(fd, &entries);
    // A first record may be "." and ".." alone.
  } while (result > 0 && entries.count() == 0);
  if (result < 0) return result;
  entries.CompleteTypes(fd);
  return entries.ReturnTo(call);
}

// listing(fd): all entries of a folder, with the inode of each.
int64_t Listing(FileCall* call) {
  Entries entries;
  const int result = ListFolder(call->integer(0), &entries);
  if (result < 0) return result;
  uint8_t* output = call->Output(entries.listing_bytes());
  if (output == nullptr) return -ENOMEM;
  entries.WriteListing(output);
  call->SetSize(entries.listing_bytes());
  return 0;
}

constexpr Operation kTable[] = {
    {"readdir", MakeFileCall<Readdir, kPath, kInteger>},
    {"entries", MakeFileCall<NextEntries, kFd>},
    {"listing", MakeFileCall<Listing, kFd>}};

}  // namespace

const Operations kFolderCalls = AllOf(kTable);

}  // namespace rawloop
