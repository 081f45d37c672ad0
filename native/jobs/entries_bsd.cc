// ReadEntries on macOS and the BSDs: readdir(3), all at once. The stream takes
// a duplicate, as closing it closes its descriptor; both have one place in the
// folder, so that the next call finds its end.
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "jobs/entries.h"

namespace rawloop {

int ReadEntries(int fd, Entries* entries) {
  const int duplicate = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) return -errno;
  DIR* folder = fdopendir(duplicate);
  if (folder == nullptr) {
    const int error = errno;
    close(duplicate);
    return -error;
  }
  int result = 0;
  for (;;) {
    errno = 0;
    const dirent* entry = readdir(folder);
    if (entry == nullptr) {
      if (errno != 0) result = -errno;
      break;
    }
    result = 1;
    if (!entries->Add(entry->d_name, entry->d_type, entry->d_ino)) {
      result = -ENOMEM;
      break;
    }
  }
  closedir(folder);
  return result;
}

}  // namespace rawloop
