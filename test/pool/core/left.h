// Threads that stand in a call when the pool, or a loop, ends: nobody waits for
// them, and what they need is there when they come back after all.
#ifndef RAWLOOP_TEST_POOL_CORE_LEFT_H_
#define RAWLOOP_TEST_POOL_CORE_LEFT_H_

#include <atomic>
#include <memory>

#include "ends.h"
#include "harness.h"

namespace rawloop {

inline PoolOptions EndsWithin(size_t any, size_t finishing) {
  PoolOptions options = OptionsOf(2);
  options.short_end = any;
  options.long_end = finishing;
  return options;
}

inline void UntilRunning(Loop* loop, size_t jobs) {
  loop->Until([&](const PoolStats& stats) { return stats.running == jobs; });
}

// The environment ends, and the pool with it, while a thread waits for a writer
// of a FIFO. When one comes the thread does its job to the end, whose loop is
// gone, and is the one that frees the pool. It has its descriptor before that,
// which else might get the number that the loop's has had.
inline void Left(int rounds) {
  for (int round = 0; round < rounds / 10 + 1; round++) {
    Fifo fifo;
    std::weak_ptr<ThreadPool> watched;
    {
      Loop loop(EndsWithin(0, kLooks), {LaneOf(1024)});
      watched = loop.owned;
      loop.Submit(0, [&] { fifo.Block(); });
      Until("it stands in a call", [&] { return fifo.stands.load(); });
      loop.Submit(0, Nothing);
      if (round % 2 == 0) loop.Leave();
      ThreadPool::End(loop.owned);
      // As the process exits behind its environment.
      ThreadPool::End(loop.owned);
      loop.Leave();
      ExpectNoWrites(loop.fd);
    }
    Expect("the pool is there", watched.expired(), false);
    fifo.Release();
    Until("the pool is gone", [&] { return watched.expired(); });
    Expect("left", jobs_alive, 0);
  }
}

// One loop ends, such as a Worker's, while the other goes on with the pool,
// whose end joins all threads when none stands in a call any more.
inline void LeftByOne(int rounds) {
  auto pool = std::make_shared<ThreadPool>(EndsWithin(0, kLooks));
  pool->AddLane(LaneOf(1024));
  Loop other(pool);
  for (int round = 0; round < rounds / 10 + 1; round++) {
    Fifo fifo;
    {
      Loop loop(pool);
      loop.Submit(0, [&] { fifo.Block(); });
      UntilRunning(&loop, 1);
    }
    other.Submit(0, Nothing);
    other.Collect(1, Ignore);
    fifo.Release();
    Until("the job is gone", [] { return jobs_alive == 0; });
  }
  UntilRunning(&other, 0);
}

// What must not be cut short is waited for, though it may end late; not for
// ever. Beside it stands what is left at once.
inline void Finished(int rounds) {
  for (int round = 0; round < rounds / 10 + 1; round++) {
    Fifo fifo;
    Fifo late;
    std::atomic<bool> ends{false};
    std::atomic<bool> finished{false};
    std::weak_ptr<ThreadPool> watched;
    const bool for_ever = round % 2 == 0;
    {
      Loop loop(EndsWithin(0, for_ever ? 1 : kLooks), {LaneOf(1024)});
      watched = loop.owned;
      loop.Submit(0, [&] { late.Block(); });
      Job* const job = loop.Submit(
          0,
          [&] {
            if (for_ever) return fifo.Block();
            while (!ends) usleep(100);
            usleep(2000);
            finished = true;
          },
          0, true);
      UntilRunning(&loop, 2);
      Until("it is to be finished", [&] { return job->must_finish(); });
      ends = true;
      ThreadPool::End(loop.owned);
      Expect("finished", finished, !for_ever);
    }
    late.Release();
    if (for_ever) fifo.Release();
    Until("the pool is gone", [&] { return watched.expired(); });
    Expect("left", jobs_alive, 0);
  }
}

}  // namespace rawloop

#endif  // RAWLOOP_TEST_POOL_CORE_LEFT_H_
