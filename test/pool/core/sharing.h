// What loops that share a pool, and threads that come and go, must not lose.
#ifndef RAWLOOP_TEST_POOL_CORE_SHARING_H_
#define RAWLOOP_TEST_POOL_CORE_SHARING_H_

#include <atomic>
#include <cerrno>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "harness.h"

namespace rawloop {

// Threads that end when they are idle for no time at all, while jobs come one
// by one and in bursts, and the size changes: each job is done.
inline void Idling(int rounds) {
  PoolOptions options = OptionsOf(4);
  options.idle = std::chrono::milliseconds(0);
  Loop loop(options, {LaneOf(1024), LaneOf(1)});
  std::mt19937 random(11);
  std::atomic<int> ran{0};
  int submitted = 0;
  for (int round = 0; round < rounds * 3; round++) {
    const int burst = random() % 4 == 0 ? 20 : 1;
    for (int i = 0; i < burst; i++) loop.Submit(random() % 2, [&] { ran++; });
    submitted += burst;
    if (random() % 8 == 0) loop.pool.Resize(1 + random() % 6);
    loop.Collect(burst, Ignore);
    if (random() % 4 == 0) usleep(random() % 200);
  }
  Expect("ran", ran, submitted);
  loop.Until([](const PoolStats& stats) { return stats.threads == 0; });
  loop.Submit(0, Nothing);
  loop.Collect(1, Ignore);
}

// What a loop of its own does with a pool that others use: it submits, cancels,
// takes, and ends with jobs queued and running.
inline void UseShared(const std::shared_ptr<ThreadPool>& pool, int seed,
                      int rounds) {
  std::mt19937 random(seed);
  for (int life = 0; life < 3; life++) {
    Loop loop(pool);
    std::atomic<int> mine{0};
    int expected = 0;
    std::vector<Job*> jobs;
    for (int i = 0; i < rounds; i++) {
      jobs.push_back(loop.Submit(random() % 2, [&] { mine++; }));
      expected++;
      if (random() % 8 == 0 && loop.pool.Cancel(jobs.back())) {
        jobs.pop_back();
        expected--;
      }
      if (random() % 16 == 0) pool->Resize(1 + random() % 5);
      if (expected > 40) expected -= static_cast<int>(loop.Turn(Ignore, 20));
    }
    if (life == 0) loop.Collect(expected, Ignore);
    // With what is left on its way. No job touches `mine` behind this.
    loop.Leave();
  }
}

// Several threads, each with loops that come and go, on one pool.
inline void Shared(int rounds) {
  auto pool = std::make_shared<ThreadPool>(OptionsOf(3));
  pool->AddLane(LaneOf(2, 3));
  pool->AddLane(LaneOf(1024));
  std::vector<std::thread> loops;
  for (int i = 0; i < 4; i++) {
    loops.emplace_back([&, i] { UseShared(pool, i + 1, rounds); });
  }
  for (std::thread& loop : loops) loop.join();
  const PoolStats stats = pool->Stats();
  Expect("queued", stats.queued, 0);
  Expect("jobs left", jobs_alive, 0);
}

// A pool that ends gives each loop its jobs back: those that ran, and those
// that did not, which say so.
inline void Given(int rounds) {
  for (int round = 0; round < rounds / 10 + 1; round++) {
    auto pool = std::make_shared<ThreadPool>(OptionsOf(1));
    pool->AddLane(LaneOf(1024));
    Loop first(pool);
    Loop second(pool);
    Fifo fifo;
    first.Submit(0, [&] { fifo.Block(); });
    first.Until([](const PoolStats& stats) { return stats.running == 1; });
    for (int i = 0; i < 5; i++) second.Submit(0, Nothing);
    pool->Stop();
    int dropped = 0;
    second.Collect(5, [&](const Job& job) { dropped += job.dropped(); });
    Expect("dropped", dropped, 5);
    fifo.Release();
    first.Collect(1, [&](const Job& job) { dropped += job.dropped(); });
    Expect("ran", dropped, 5);
  }
}

// A queue takes no more than it may; who waits is rung when half of it is gone.
inline void Full(int) {
  PoolOptions options = OptionsOf(1);
  options.max_queued = 8;
  Loop loop(options, {LaneOf(1024), LaneOf(1024, 1, 2)});
  Fifo fifo;
  loop.Submit(0, [&] { fifo.Block(); });
  loop.Until([](const PoolStats& stats) { return stats.running == 1; });
  const auto refused = [&](uint32_t lane) {
    return loop.pool.Submit(lane, loop.home, std::make_unique<Task>(Nothing));
  };
  Job* last = nullptr;
  for (int i = 0; i < 2; i++) last = loop.Submit(1, Nothing);
  Expect("the lane is full", refused(1), -ENOBUFS);
  for (int i = 0; i < 6; i++) loop.Submit(0, Nothing);
  Expect("the pool is full", refused(0), -ENOBUFS);
  loop.pool.AwaitHalf(loop.home);
  const uint64_t before = loop.home->wakeups();
  // The lane has one left of two: half.
  Expect("cancelled", loop.pool.Cancel(last), 1);
  Expect("rung", static_cast<long>(loop.home->wakeups() - before), 1);
  Expect("a wake-up without a job", static_cast<long>(loop.Turn(Ignore)), 0);
  loop.Submit(1, Nothing);
  fifo.Release();
  loop.Collect(9, Ignore);
}

}  // namespace rawloop

#endif  // RAWLOOP_TEST_POOL_CORE_SHARING_H_
