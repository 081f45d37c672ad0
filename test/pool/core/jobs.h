// What comes back of jobs: their results whole, and each of them once.
#ifndef RAWLOOP_TEST_POOL_CORE_JOBS_H_
#define RAWLOOP_TEST_POOL_CORE_JOBS_H_

#include <atomic>
#include <random>
#include <set>

#include "harness.h"

namespace rawloop {

// Results of any size reach the loop whole, and many for one wake-up.
inline void Results(int rounds) {
  Loop loop(4);
  const size_t sizes[] = {0, 1, 255, 256, 257, 65536, 1 << 20};
  for (int round = 0; round < rounds / 10 + 1; round++) {
    for (size_t size : sizes) loop.Submit(0, Nothing, size);
    loop.Collect(7, [&](const Job& job) {
      const Result result = job.result();
      Expect("size", result.size, sizes[job.id() % 7]);
      Expect("status", job.status(), job.id() % 1000);
      const auto* bytes = static_cast<const unsigned char*>(result.data);
      for (size_t i = 0; i < result.size; i += 97) {
        if (bytes[i] != static_cast<unsigned char>(job.id())) wrong++;
      }
    });
  }
  const uint64_t before = loop.home->wakeups();
  for (int i = 0; i < 600; i++) loop.Submit(0, Nothing);
  loop.Until([&](const PoolStats&) { return loop.home->size() == 600; });
  Expect("wake-ups for all", loop.home->wakeups() - before, 1);
  Expect("a batch", loop.Turn(Ignore), 256);
  Expect("a batch", loop.Turn(Ignore), 256);
  Expect("the rest", loop.Turn(Ignore), 88);
}

// Submissions, cancellations, takes and changes of size at random: each job
// comes back once or was cancelled, and nothing is left.
inline void Churn(int rounds) {
  std::mt19937 random(7);
  Loop loop(4, {1, 3, 1024});
  std::set<Job*> pending;
  std::atomic<long> ran{0};
  long taken = 0;
  long cancelled = 0;
  const auto took = [&](const Job& job) {
    taken++;
    Expect("pending", pending.erase(const_cast<Job*>(&job)), 1);
  };
  for (int round = 0; round < rounds * 10; round++) {
    for (uint32_t i = random() % 20; i > 0; i--) {
      pending.insert(loop.Submit(
          random() % 3, [&] { ran++; }, random() % 300));
    }
    if (!pending.empty() && random() % 2 == 0) {
      Job* job = *pending.begin();
      if (loop.pool.Cancel(job)) cancelled += pending.erase(job);
    }
    if (random() % 10 == 0) loop.pool.Resize(1 + random() % 6);
    if (pending.size() > 100) loop.Turn(took, 1 + random() % 50);
  }
  while (!pending.empty()) loop.Turn(took, 50);
  Expect("ran", ran, taken);
  Expect("all", taken + cancelled, loop.next_id);
  Expect("left", jobs_alive, 0);
}

}  // namespace rawloop

#endif  // RAWLOOP_TEST_POOL_CORE_JOBS_H_
