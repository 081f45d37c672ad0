// The threads of one pool, the queue they take work from and the queue they
// put it back to. It knows nothing of JavaScript; pool.h is its face there.
//
// Every method is for the thread that made the object, except the private
// ones that say otherwise. See pthreads(7).
#ifndef RAWLOOP_POOL_THREADS_H_
#define RAWLOOP_POOL_THREADS_H_

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "pool/pool_job.h"
#include "pool/pool_wakeup.h"

namespace rawloop {

struct PoolStats {
  size_t size = 0;         // threads wanted
  size_t threads = 0;      // threads alive
  size_t idle = 0;         // of these, waiting for work
  size_t queued = 0;       // jobs that no thread has taken yet
  size_t running = 0;      // jobs on a thread now
  size_t finished = 0;     // jobs done that JavaScript has not taken yet
  uint64_t completed = 0;  // jobs done since the start
  uint64_t wakeups = 0;    // times the loop was woken for them
  int start_error = 0;     // errno of the last failure to start a thread
};

class ThreadPool {
 public:
  static constexpr size_t kMaxThreads = 1024;

  ThreadPool(size_t size, size_t stack_bytes)
      : stack_bytes_(stack_bytes), size_(size) {}
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Opens the wake-up: its descriptor or -errno. No thread is started before
  // the first job.
  int Open(bool pipe);

  // 0, or -errno when there is no thread and none can be started. The job is
  // deleted then.
  int Submit(std::unique_ptr<Job> job);
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
  // once their job is done. Does not wait. May be called again.
  void Stop();
  // After Stop(): true when no job runs, so that Join() does not wait long.
  bool Idle();
  // After Stop(): waits for the threads. Safe from any thread.
  void Join();

 private:
  struct Thread {
    ThreadPool* pool;
    pthread_t handle;
    bool left;  // the thread has ended or is about to: joining does not wait
  };

  static void* Main(void* thread);
  // On a pool thread.
  void Work(Thread* self);
  bool AwaitJob(std::unique_lock<std::mutex>* lock);
  void Finish(std::unique_ptr<Job> job, std::unique_lock<std::mutex>* lock);
  // With the mutex held.
  // Whether to wake a thread for what is queued: one at a time, which wakes the
  // next if it finds more. A burst of submissions costs one futex call, not
  // one each, and short jobs are not done before all threads are awake.
  bool WakesOne();
  void StartThreads();
  int StartThread(const pthread_attr_t* attributes);
  void Reap();

  const size_t stack_bytes_;
  std::mutex mutex_;
  std::condition_variable work_;  // there is work, or reason to leave
  std::condition_variable rung_;  // a thread has left Ring() while stopping
  // All that follows is guarded by the mutex.
  JobList queue_;
  JobList finished_;
  Wakeup wakeup_;
  std::vector<std::unique_ptr<Thread>> threads_;
  size_t size_;
  size_t alive_ = 0;
  size_t left_ = 0;
  size_t idle_ = 0;
  size_t running_ = 0;
  size_t ringing_ = 0;
  bool waking_ = false;  // a thread was woken and has not come yet
  uint64_t completed_ = 0;
  uint64_t wakeups_ = 0;
  int start_error_ = 0;
  std::chrono::steady_clock::time_point retry_at_;
  bool stopping_ = false;
};

}  // namespace rawloop

#endif  // RAWLOOP_POOL_THREADS_H_
