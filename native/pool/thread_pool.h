// The core of the pool: lanes of queued jobs, and the threads that take them.
// Each job goes back to the loop that submitted it, by that loop's queue of
// completions (completions.h): several loops, of several threads, may share a
// pool. It knows nothing of JavaScript; threads_binding.h and binding.h are
// its face there. test/pool/core drives it alone.
//
// Every method may be called from any thread.
#ifndef RAWLOOP_POOL_THREAD_POOL_H_
#define RAWLOOP_POOL_THREAD_POOL_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "pool/completions.h"
#include "pool/crew.h"
#include "pool/job.h"
#include "pool/lanes.h"
#include "pool/spin.h"

namespace rawloop {

struct PoolOptions {
  size_t size = 4;  // threads
  size_t stack_bytes = 0;
  size_t max_queued = SIZE_MAX;  // jobs that may wait in all lanes together
  // A thread that had nothing to do for so long ends; less than 0: never.
  std::chrono::milliseconds idle{-1};
  std::vector<int> processors;  // that threads may run on; empty: all
  // How long an end waits: for any job, and for one that must finish. In looks,
  // 10 ms apart: a machine that stands still for a while is no thread that
  // does.
  size_t short_end = 10;
  size_t long_end = 500;
};

struct PoolStats {
  size_t size = 0;         // threads wanted
  size_t max_queued = 0;   // jobs that may wait
  size_t threads = 0;      // threads alive
  size_t idle = 0;         // of these, waiting for work
  size_t queued = 0;       // jobs that no thread has taken yet
  size_t running = 0;      // jobs on a thread now
  uint64_t completed = 0;  // jobs done since the start
  int start_error = 0;     // errno of the last failure to start a thread
  std::vector<LaneStats> lanes;
};

class ThreadPool {
 public:
  static constexpr size_t kMaxThreads = 1024;
  using Home = std::shared_ptr<Completions>;

  // No thread is started before the first job.
  explicit ThreadPool(PoolOptions options);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // The number of a new lane, or -ENOSPC when there are Lanes::kMax.
  int AddLane(const LaneOptions& options);
  // The number of the lane of that name; -1: there is none.
  int FindLane(const std::string& name);

  // The job comes to `home` when it is done. 0, or -errno, and the job is
  // deleted: -ENXIO for no lane, -EBADF when the pool has ended, -ENOBUFS
  // when as many jobs wait as may, or why a thread could not be started when
  // there is none.
  int Submit(uint32_t lane, const Home& home, std::unique_ptr<Job> job);
  // True when the job was still queued: it is deleted. False when it runs or
  // has run, or comes back dropped.
  bool Cancel(Job* job);
  // Deletes the queued jobs of `home`.
  void Leave(const Home& home);
  // Rings `home`, once, when a queue comes down to half of what may wait in it.
  void AwaitHalf(const Home& home);

  // Starts threads, or lets the surplus leave as each ends its job.
  void Resize(size_t size);
  PoolStats Stats();

  // Gives the queued jobs back, dropped, and tells the threads to leave once
  // their job is done. Does not wait. May be called again.
  void Stop();
  // Whether Stop() was called.
  bool Ended();
  // After Stop(): true when no job runs, so that Join() does not wait long.
  bool Idle();
  // After Stop(): waits for the threads, unless they were left behind.
  void Join();

  // ---- ending.cc ----

  // Stops the pool, and waits for its threads: not for ever. Those that do not
  // come keep the pool until they do.
  static void End(const std::shared_ptr<ThreadPool>& pool);
  // The loop of `home` has left, and closed it: waits for what of its own runs,
  // as End() does.
  void Settle(const Home& home);

 private:
  using Homes = std::vector<Home>;

  // On a pool thread.
  void Work();
  static void Run(Job* job);
  static void GiveBack(std::unique_ptr<Job> job);
  static void RingAll(const Homes& homes);
  // With the mutex held.
  // Returns when there may be something to do. True: the thread was idle for as
  // long as it may be.
  bool Rest(std::unique_lock<std::mutex>* lock);
  // How many threads there should be for one more job.
  size_t Wanted() const;
  // Whether to wake a thread for what is queued: one at a time, which wakes the
  // next if it finds more. A burst of submissions costs one futex call, not
  // one each, and short jobs are not done before all threads are awake.
  bool WakesOne();
  // Those that are to be rung, without the mutex.
  Homes TakeWaiting();
  // Of jobs that run: calls `look` with each that is of `home`; null: with all.
  template <typename Look>
  void EachRunning(const Completions* home, const Look& look) const;
  // How long an end waits for those of `home`, in looks.
  size_t Patience(const Completions* home) const;
  // Nobody waits for them any more.
  void LeaveBehind(const Completions* home);
  // Threads that an end is to wait for.
  size_t Awaited() const;

  const std::chrono::milliseconds idle_limit_;
  const size_t short_end_;
  const size_t long_end_;
  std::mutex mutex_;
  std::condition_variable work_;   // there is work, or reason to leave
  std::condition_variable ended_;  // stopping: a job is done, a thread leaves
  // All that follows is guarded by the mutex.
  Lanes lanes_;
  Crew crew_;
  Spin spin_;
  Homes waiting_;  // for a queue to come down to half
  size_t size_;
  size_t idle_ = 0;
  bool waking_ = false;  // a thread was woken and has not come yet
  bool stopping_ = false;
  // Itself, while threads that were left behind are there.
  std::shared_ptr<ThreadPool> kept_;
};

}  // namespace rawloop

#endif  // RAWLOOP_POOL_THREAD_POOL_H_
