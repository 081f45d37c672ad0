// The end of a pool, with work under way: no job is left, nobody writes any
// more.
#ifndef RAWLOOP_TEST_POOL_CORE_ENDS_H_
#define RAWLOOP_TEST_POOL_CORE_ENDS_H_

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <memory>
#include <thread>

#include "harness.h"

namespace rawloop {

// Makes a pipe at the number of the pool's descriptor, which is closed: whoever
// writes there now writes to a stranger.
inline void ExpectNoWrites(int number) {
  int stranger[2];
  if (pipe2(stranger, O_NONBLOCK | O_CLOEXEC) != 0) abort();
  Expect("number", stranger[0] == number || stranger[1] == number, 1);
  usleep(100);
  char bytes[8];
  if (read(stranger[0], bytes, sizeof(bytes)) >= 0) wrong++;
  close(stranger[0]);
  close(stranger[1]);
}

// A pool is stopped with work queued, running and not taken, and joined by
// another thread: nobody writes to its descriptor's number any more, and no job
// is left.
inline void Stop(int rounds) {
  for (int round = 0; round < rounds; round++) {
    Loop loop(3, {1, 1024});
    for (int i = 0; i < 20; i++)
      loop.Submit(
          i % 2, [] { sched_yield(); }, i);
    if (round % 2 == 0) loop.Turn(Ignore, 1);
    loop.pool.Stop();
    Expect("after the end",
           loop.pool.Submit(0, loop.home, std::make_unique<Task>(Nothing)),
           -EBADF);
    loop.home->Close();
    ExpectNoWrites(loop.fd);
    std::thread joiner([&] { loop.pool.Join(); });
    joiner.join();
    Expect("left", jobs_alive, 0);
  }
}

// The same in the moment in which a thread rings.
inline void Ring(int rounds) {
  for (int round = 0; round < rounds; round++) {
    Loop loop(2);
    loop.Submit(0, Nothing);
    loop.Collect(1, Ignore);
    std::atomic<bool> runs{false};
    loop.Submit(0, [&] { runs = true; });
    while (!runs) {
    }
    for (volatile int i = 0; i < round % 50 * 300; i = i + 1) {
    }
    loop.pool.Stop();
    loop.home->Close();
    ExpectNoWrites(loop.fd);
    loop.pool.Join();
  }
}

}  // namespace rawloop

#endif  // RAWLOOP_TEST_POOL_CORE_ENDS_H_
