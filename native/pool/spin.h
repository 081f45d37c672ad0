// Whether a thread that has nothing to do looks for work for a while before it
// sleeps. Waking a thread on a processor that idles takes longer than most file
// requests, on virtual machines some 20 us on both sides; a thread that looks
// finds the next request of a caller who makes one after the other at once.
//
// It looks for kLimit at most, one thread at a time, only while no other of the
// pool works, and never on the processor that the loop runs on: there it would
// keep the loop from the request that it waits for. When looking was in vain,
// the next times are left out, more each time. docs/performance.md has figures.
#ifndef RAWLOOP_POOL_SPIN_H_
#define RAWLOOP_POOL_SPIN_H_

#include <algorithm>
#include <atomic>
#include <chrono>

#include "os/current_cpu.h"

namespace rawloop {

class Spin {
 public:
  static constexpr std::chrono::microseconds kLimit{30};
  static constexpr int kMaxRest = 64;

  // On the loop's thread: there is work. With the mutex of the pool held, as
  // the others but Look().
  void Stir() {
    loop_cpu_ = CurrentCpu();
    stirred_.store(true, std::memory_order_relaxed);
  }

  // Whether the calling thread is to look; End() follows then.
  bool Begin() {
    if (looks_ || CurrentCpu() == loop_cpu_ || loop_cpu_ < 0) return false;
    if (rest_ > 0) {
      rest_--;
      return false;
    }
    looks_ = true;
    stirred_.store(false, std::memory_order_relaxed);
    return true;
  }

  // Without the mutex: returns when there is work, or after a while.
  void Look() const {
    const auto end = std::chrono::steady_clock::now() + kLimit;
    while (!stirred_.load(std::memory_order_relaxed) &&
           std::chrono::steady_clock::now() < end) {
    }
  }

  void End() {
    looks_ = false;
    const bool paid_off = stirred_.load(std::memory_order_relaxed);
    next_rest_ = paid_off ? 1 : std::min(next_rest_ * 2, kMaxRest);
    rest_ = paid_off ? 0 : next_rest_;
  }

  // A thread looks and will find what is queued: none need be woken.
  bool looks() const { return looks_; }

 private:
  std::atomic<bool> stirred_{false};
  int loop_cpu_ = -1;  // where the loop was when it submitted last
  bool looks_ = false;
  // Times to leave out, and how many after the next vain one.
  int rest_ = 0;
  int next_rest_ = 1;
};

}  // namespace rawloop

#endif  // RAWLOOP_POOL_SPIN_H_
