// How a thread without work looks for some before it sleeps.
#ifndef RAWLOOP_TEST_POOL_CORE_SPIN_H_
#define RAWLOOP_TEST_POOL_CORE_SPIN_H_

#include <sched.h>

#include <cstdlib>
#include <thread>
#include <vector>

#include "harness.h"

namespace rawloop {
inline void RunOn(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (sched_setaffinity(0, sizeof(set), &set) != 0) abort();
}

// How many times Begin() says no before it says yes, when looking is in vain.
inline int TimesLeftOut(Spin* spin) {
  int times = 0;
  while (!spin->Begin()) times++;
  spin->Look();
  spin->End();
  return times;
}

// A thread looks for work only on another processor than the loop's, and less
// and less often while it finds none.
inline void Looking(int) {
  cpu_set_t set;
  sched_getaffinity(0, sizeof(set), &set);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  Spin spin;
  RunOn(cpus[0]);
  Expect("before there was work", spin.Begin(), false);
  spin.Stir();
  for (int i = 0; i < 100; i++) Expect("beside the loop", spin.Begin(), false);
  if (cpus.size() < 2) return;
  RunOn(cpus[1]);
  for (int times : {0, 2, 4, 8, 16, 32, 64, 64}) {
    Expect("times left out", TimesLeftOut(&spin), times);
  }
  while (!spin.Begin()) {
  }
  Expect("one at a time", spin.Begin(), false);
  std::thread loop([&] {
    RunOn(cpus[0]);
    spin.Stir();
  });
  loop.join();
  spin.Look();
  spin.End();
  Expect("after it paid off", TimesLeftOut(&spin), 0);
}

}  // namespace rawloop

#endif  // RAWLOOP_TEST_POOL_CORE_SPIN_H_
