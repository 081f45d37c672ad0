// Which signals the kernel queues, with values. Chosen by source list:
//
//   realtime_linux.cc   from SIGRTMIN on
//   realtime_absent.cc  none: macOS has none
#ifndef RAWLOOP_OS_REALTIME_H_
#define RAWLOOP_OS_REALTIME_H_

namespace rawloop {

bool IsRealtime(int signal);

}  // namespace rawloop

#endif  // RAWLOOP_OS_REALTIME_H_
