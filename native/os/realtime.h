// Which signals the kernel queues, with values. Chosen by source list:
//
//   realtime.cc         from SIGRTMIN to SIGRTMAX: Linux, FreeBSD
//   realtime_absent.cc  none: macOS has none
#ifndef RAWLOOP_OS_REALTIME_H_
#define RAWLOOP_OS_REALTIME_H_

namespace rawloop {

// As many as there are at most, and one above the greatest number of any
// signal. FreeBSD has them from 65 to 126, where its NSIG counts those of old
// alone.
constexpr int kRealtimeSignals = 64;
constexpr int kSignalEnd = 129;

// Which of them it is, from 0 on; -1: none of them.
int RealtimeIndex(int signal);

inline bool IsRealtime(int signal) { return RealtimeIndex(signal) >= 0; }

}  // namespace rawloop

#endif  // RAWLOOP_OS_REALTIME_H_
