// Which terminal is behind a descriptor, whatever name it was opened by: as
// /dev/tty each is the one of its session. Chosen by source list:
//
//   terminal_device_linux.cc  TIOCGDEV
//   terminal_device_bsd.cc    the device's number, which /dev/tty has of its
//   own
#ifndef RAWLOOP_OS_TERMINAL_DEVICE_H_
#define RAWLOOP_OS_TERMINAL_DEVICE_H_

#include <sys/types.h>

namespace rawloop {

// 0 or -errno.
int TerminalDevice(int fd, dev_t* device);

}  // namespace rawloop

#endif  // RAWLOOP_OS_TERMINAL_DEVICE_H_
