// Which job runs next, and how many of a lane at once.
#ifndef RAWLOOP_TEST_POOL_CORE_LANES_H_
#define RAWLOOP_TEST_POOL_CORE_LANES_H_

#include <unistd.h>

#include <atomic>
#include <vector>

#include "harness.h"

namespace rawloop {

// One thread: within a lane in the order of submission; between lanes in turn,
// first the one that had work first, however many wait in the other.
inline void Order(int rounds) {
  Loop loop(1, {1024, 1024});
  Fifo fifo;
  loop.Submit(1, [&] { fifo.Block(); });
  loop.Until([](const PoolStats& stats) { return stats.running == 1; });
  const int few = 5;
  std::vector<int> order;
  const auto note = [&](int lane, int number) {
    loop.Submit(lane, [&, number] { order.push_back(number); });
  };
  for (int i = 0; i < few; i++) note(1, -1 - i);
  for (int i = 0; i < rounds; i++) note(0, i);
  fifo.Release();
  loop.Collect(1 + rounds + few, Ignore);
  std::vector<int> expected;
  for (int i = 0; i < rounds; i++) {
    if (i < few) expected.push_back(-1 - i);
    expected.push_back(i);
  }
  Expect("order", order == expected, 1);
}

// One thread: a lane of priority 3 has three jobs done for each one of the
// other, which is never passed over.
inline void Priority(int rounds) {
  Loop loop(OptionsOf(1), {LaneOf(1024, 3), LaneOf(1024)});
  Fifo fifo;
  loop.Submit(1, [&] { fifo.Block(); });
  loop.Until([](const PoolStats& stats) { return stats.running == 1; });
  std::vector<int> order;
  for (int i = 0; i < rounds; i++) {
    loop.Submit(0, [&] { order.push_back(0); });
    loop.Submit(1, [&] { order.push_back(1); });
  }
  fifo.Release();
  loop.Collect(1 + 2 * static_cast<size_t>(rounds), Ignore);
  for (int i = 0; i < rounds; i++) {
    Expect("whose turn it is", order[i], i % 4 == 3);
  }
}

// A lane of slow work has half of the threads; more let it in at once.
inline void Raised(int rounds) {
  for (int round = 0; round < rounds / 10 + 1; round++) {
    LaneOptions lane = LaneOf(1024);
    lane.halves = true;
    Loop loop(OptionsOf(3), {lane});
    Fifo fifos[3];
    for (const Fifo& fifo : fifos) loop.Submit(0, [&] { fifo.Block(); });
    loop.Until([](const PoolStats& stats) { return stats.running == 1; });
    Expect("half of three", loop.pool.Stats().lanes[0].limit, 1);
    loop.pool.Resize(6);
    loop.Until([](const PoolStats& stats) { return stats.running == 3; });
    loop.pool.Resize(1);
    Expect("one at least", loop.pool.Stats().lanes[0].limit, 1);
    for (const Fifo& fifo : fifos) fifo.Release();
    loop.Collect(3, Ignore);
  }
}

// A lane whose work blocks in the kernel holds the threads that it may have and
// no more, and the others go on; when it is free, its queue is served too.
inline void Blocked(int rounds) {
  Loop loop(3, {2, 1024});
  Fifo fifos[2];
  for (const Fifo& fifo : fifos) loop.Submit(0, [&] { fifo.Block(); });
  loop.Until([](const PoolStats& stats) { return stats.running == 2; });
  for (int i = 0; i < 10; i++) loop.Submit(0, Nothing);
  for (int i = 0; i < rounds; i++) {
    loop.Submit(1, Nothing);
    loop.Collect(1, [](const Job& job) { Expect("id", job.id() >= 12, 1); });
  }
  const PoolStats stats = loop.pool.Stats();
  Expect("threads of the blocked lane", stats.lanes[0].running, 2);
  Expect("queued in the blocked lane", stats.lanes[0].queued, 10);
  Expect("done in the blocked lane", stats.lanes[0].completed, 0);
  Expect("done in the other", stats.lanes[1].completed, rounds);
  fifos[0].Release();
  loop.Collect(11, Ignore);
  fifos[1].Release();
  loop.Collect(1, Ignore);
  Expect("done in the blocked lane", loop.pool.Stats().lanes[0].completed, 12);
}

// No lane has ever more threads than its limit, whatever else there is to do.
inline void Limits(int rounds) {
  const size_t limits[] = {1, 2, 3};
  Loop loop(4, {1, 2, 3});
  std::atomic<size_t> now[3] = {};
  std::atomic<size_t> most[3] = {};
  for (int i = 0; i < rounds; i++) {
    for (uint32_t lane = 0; lane < 3; lane++) {
      loop.Submit(lane, [&, lane] {
        const size_t here = ++now[lane];
        size_t before = most[lane];
        while (here > before &&
               !most[lane].compare_exchange_weak(before, here)) {
        }
        usleep(100);
        now[lane]--;
      });
    }
  }
  loop.Collect(static_cast<size_t>(rounds) * 3, Ignore);
  for (int lane = 0; lane < 3; lane++) {
    Expect("no more than the limit", most[lane] <= limits[lane], 1);
    Expect("done", static_cast<long>(loop.pool.Stats().lanes[lane].completed),
           rounds);
  }
}

}  // namespace rawloop

#endif  // RAWLOOP_TEST_POOL_CORE_LANES_H_
