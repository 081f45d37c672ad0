// By its device. See fstat(2), tty(4).
#include <sys/stat.h>

#include <cerrno>

#include "os/terminal_device.h"

namespace rawloop {

int TerminalDevice(int fd, dev_t* device) {
  struct stat status {};
  if (fstat(fd, &status) < 0) return -errno;
  *device = status.st_rdev;
  return 0;
}

}  // namespace rawloop
