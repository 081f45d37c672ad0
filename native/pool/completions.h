// The finished jobs of one loop, oldest first, on their way to it: threads of
// the pool push, the loop takes them by the batch. The loop is woken when the
// queue begins to fill, so that one wake-up serves all that come until it
// looks. A pool that several loops share has one of these for each.
#ifndef RAWLOOP_POOL_COMPLETIONS_H_
#define RAWLOOP_POOL_COMPLETIONS_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include "pool/job.h"
#include "pool/wakeup.h"

namespace rawloop {

class Completions {
 public:
  Completions() = default;
  Completions(const Completions&) = delete;
  Completions& operator=(const Completions&) = delete;

  // Opens the wake-up, once: its descriptor, which is to be watched by edges,
  // or -errno.
  int Open(bool pipe);

  // On the loop's thread: so many jobs are on their way here, or so many of
  // them were deleted on the way.
  void Expect(size_t jobs) { expected_.fetch_add(jobs); }
  void Forget(size_t jobs) { expected_.fetch_sub(jobs); }
  // Jobs that were submitted and neither pushed nor forgotten.
  size_t expected() const { return expected_.load(); }

  // On any thread; the job is one of those expected. After Close() it is
  // deleted.
  void Push(std::unique_ptr<Job> job);
  // On any thread: wakes the loop, which is to look at something else.
  void Ring();
  // Moves up to `max` jobs to `taken`. When more are left the loop is woken
  // again at once.
  void Take(size_t max, JobList* taken);
  // Deletes what is there and closes the wake-up. When it returns, no thread
  // writes to the descriptor any more. May be called again.
  void Close();
  // After Close(): waits for an expected job to come, and to be deleted, for so
  // long at most. False: none came.
  bool AwaitOne(std::chrono::milliseconds limit);

  // How many wait to be taken.
  size_t size();
  // Times the loop was woken.
  uint64_t wakeups();

 private:
  // With the mutex, which is let go of meanwhile.
  void RingUnlocked(std::unique_lock<std::mutex>* lock);

  std::atomic<size_t> expected_{0};
  std::mutex mutex_;
  std::condition_variable left_;  // while closing: a thread has left
  // All that follows is guarded by the mutex.
  JobList jobs_;
  Wakeup wakeup_;
  size_t ringing_ = 0;
  uint64_t wakeups_ = 0;
  bool closed_ = false;
};

}  // namespace rawloop

#endif  // RAWLOOP_POOL_COMPLETIONS_H_
