// The core of the pool: lanes of queued jobs, the threads that take them, and
// the queue of completions by which the loop gets them back. It knows nothing
// of JavaScript; binding.h is its face there. test/pool/core drives it alone.
//
// Every method is for the loop's thread unless it says otherwise.
#ifndef RAWLOOP_POOL_THREAD_POOL_H_
#define RAWLOOP_POOL_THREAD_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "pool/completions.h"
#include "pool/crew.h"
#include "pool/job.h"
#include "pool/lanes.h"
#include "pool/spin.h"

namespace rawloop {

struct PoolStats {
  size_t size = 0;         // threads wanted
  size_t threads = 0;      // threads alive
  size_t idle = 0;         // of these, waiting for work
  size_t queued = 0;       // jobs that no thread has taken yet
  size_t running = 0;      // jobs on a thread now
  size_t finished = 0;     // jobs done that the loop has not taken yet
  uint64_t completed = 0;  // jobs done since the start
  uint64_t wakeups = 0;    // times the loop was woken for them
  int start_error = 0;     // errno of the last failure to start a thread
  std::vector<LaneStats> lanes;
};

class ThreadPool {
 public:
  static constexpr size_t kMaxThreads = 1024;

  ThreadPool(size_t size, size_t stack_bytes);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Opens the wake-up: its descriptor, which is to be watched by edges, or
  // -errno. No thread is started before the first job.
  int Open(bool pipe);

  // The number of a new lane, or -ENOSPC when there are Lanes::kMax.
  int AddLane(size_t limit);

  // `lane` is one that AddLane() gave. 0, or -errno: -EBADF when the pool is
  // not open, or why a thread could not be started when there is none. The job
  // is deleted then.
  int Submit(uint32_t lane, std::unique_ptr<Job> job);
  // True when the job was still queued: it is deleted. False when it runs or
  // has run.
  bool Cancel(Job* job);
  // Moves up to `max` finished jobs to `taken`, oldest first. When more are
  // left the loop is woken again at once.
  void Take(size_t max, JobList* taken);
  // Starts threads, or lets the surplus leave as each ends its job.
  void Resize(size_t size);
  PoolStats Stats();

  // Deletes the queued jobs, closes the wake-up and tells the threads to leave
  // once their job is done. Does not wait. May be called again, and from any
  // thread.
  void Stop();
  // After Stop(): true when no job runs, so that Join() does not wait long.
  bool Idle();
  // After Stop(): waits for the threads. Safe from any thread.
  void Join();

 private:
  // On a pool thread.
  void Work();
  static void Run(Job* job);
  // With the mutex held.
  // Returns when there may be something to do.
  void Rest(std::unique_lock<std::mutex>* lock);
  // Whether to wake a thread for what is queued: one at a time, which wakes the
  // next if it finds more. A burst of submissions costs one futex call, not
  // one each, and short jobs are not done before all threads are awake.
  bool WakesOne();

  Completions completions_;
  std::mutex mutex_;
  std::condition_variable work_;  // there is work, or reason to leave
  // All that follows is guarded by the mutex.
  Lanes lanes_;
  Crew crew_;
  Spin spin_;
  size_t size_;
  size_t idle_ = 0;
  bool waking_ = false;  // a thread was woken and has not come yet
  bool open_ = false;
  bool stopping_ = false;
};

}  // namespace rawloop

#endif  // RAWLOOP_POOL_THREAD_POOL_H_
