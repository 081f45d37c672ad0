// A thread that was woken and comes too late: it may be idle for so long only,
// and by the clock that is over when it is back. So waits go through here.
#ifndef RAWLOOP_TEST_POOL_CORE_LATE_H_
#define RAWLOOP_TEST_POOL_CORE_LATE_H_

#include <dlfcn.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <atomic>

#include "harness.h"

namespace rawloop {

enum class Waits { kAsAsked, kUntilWoken, kLate };
inline std::atomic<Waits> waits{Waits::kAsAsked};

// Who was woken late must not leave it at that: the pool takes it that a thread
// is on its way, and wakes no other as long. Here nothing but a wake-up ends a
// wait, so that a job for which there is none is never done.
inline void Late(int rounds) {
  PoolOptions options = OptionsOf(2);
  options.idle = std::chrono::milliseconds(1);
  Loop loop(std::move(options), {LaneOf(1024)});
  const auto rest = [&] {
    loop.Until([](const PoolStats& stats) { return stats.idle == 2; });
    // One of them looks for work, before it waits.
    usleep(1000);
  };
  waits = Waits::kUntilWoken;
  {
    Fifo one;
    Fifo other;
    loop.Submit(0, [&] { one.Block(); });
    loop.Submit(0, [&] { other.Block(); });
    loop.Until([](const PoolStats& stats) { return stats.running == 2; });
    one.Release();
    other.Release();
    loop.Collect(2, Ignore);
  }
  for (int i = 0; i < rounds / 20 + 1; i++) {
    rest();
    waits = Waits::kLate;
    loop.Submit(0, [] {});
    loop.Collect(1, Ignore);
    waits = Waits::kUntilWoken;
    rest();
    loop.Submit(0, [] {});
    loop.Collect(1, Ignore);
  }
  waits = Waits::kAsAsked;
}

}  // namespace rawloop

// What std::condition_variable waits by, in the place of the C library's.
extern "C" inline int RealClockWait(pthread_cond_t* condition,
                                    pthread_mutex_t* mutex, clockid_t clock,
                                    const timespec* deadline) {
  using Wait =
      int (*)(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*);
  static const auto real =
      reinterpret_cast<Wait>(dlsym(RTLD_NEXT, "pthread_cond_clockwait"));
  return real(condition, mutex, clock, deadline);
}

extern "C" int pthread_cond_clockwait(pthread_cond_t* condition,
                                      pthread_mutex_t* mutex, clockid_t clock,
                                      const timespec* deadline) {
  using rawloop::Waits;
  if (rawloop::waits == Waits::kAsAsked) {
    return RealClockWait(condition, mutex, clock, deadline);
  }
  const int result = pthread_cond_wait(condition, mutex);
  if (rawloop::waits == Waits::kLate) {
    while (clock_nanosleep(clock, TIMER_ABSTIME, deadline, nullptr) != 0) {
    }
  }
  return result;
}

#endif  // RAWLOOP_TEST_POOL_CORE_LATE_H_
