// The finished jobs of a pool, oldest first, on their way to the loop: threads
// push, the loop takes them by the batch. The loop is woken when the queue
// begins to fill, so that one wake-up serves all that come until it looks.
#ifndef RAWLOOP_POOL_COMPLETIONS_H_
#define RAWLOOP_POOL_COMPLETIONS_H_

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

  // Opens the wake-up, once: its descriptor or -errno.
  int Open(bool pipe);

  // On any thread. After Close() the job is deleted.
  void Push(std::unique_ptr<Job> job);
  // Moves up to `max` jobs to `taken`. When more are left the loop is woken
  // again at once.
  void Take(size_t max, JobList* taken);
  // Deletes what is there and closes the wake-up. When it returns, no thread
  // writes to the descriptor any more. May be called again.
  void Close();

  // How many wait to be taken.
  size_t size();
  // Times the loop was woken.
  uint64_t wakeups();

 private:
  std::mutex mutex_;
  std::condition_variable rung_;  // a thread has left Ring() while closing
  // All that follows is guarded by the mutex.
  JobList jobs_;
  Wakeup wakeup_;
  size_t ringing_ = 0;
  uint64_t wakeups_ = 0;
  bool closed_ = false;
};

}  // namespace rawloop

#endif  // RAWLOOP_POOL_COMPLETIONS_H_
