// The kernel says it of the terminal itself. See ioctl_tty(2).
#include <sys/ioctl.h>

#include <cerrno>

#include "os/terminal_device.h"

namespace rawloop {

int TerminalDevice(int fd, dev_t* device) {
  unsigned int number = 0;
  if (ioctl(fd, TIOCGDEV, &number) < 0) return -errno;
  *device = number;
  return 0;
}

}  // namespace rawloop
