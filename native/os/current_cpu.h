// The processor that the calling thread runs on at this moment; -1 where the
// system does not tell. One file implements it for each kind of system, chosen
// by source list: current_cpu_linux.cc, current_cpu_absent.cc.
#ifndef RAWLOOP_OS_CURRENT_CPU_H_
#define RAWLOOP_OS_CURRENT_CPU_H_

namespace rawloop {

int CurrentCpu();

}  // namespace rawloop

#endif  // RAWLOOP_OS_CURRENT_CPU_H_
