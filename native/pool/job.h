// One piece of work for the pool, and the list that owns such pieces. A family
// of requests (file system, crypto, name look-up) derives from Job in files of
// its own, in native/jobs/; the pool knows nothing but this page.
//
// The life of a job: made on the loop's thread, Run() on a pool thread, then on
// the loop's thread again, where its status and its result are read and it is
// deleted. It belongs to one thread at a time, so it needs no lock of its own.
// One that is still queued when its pool ends comes back without having run.
#ifndef RAWLOOP_POOL_JOB_H_
#define RAWLOOP_POOL_JOB_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace rawloop {

class Completions;

// What came of a job beside its status, of any size. The memory is the job's
// and lives as long as it does.
struct Result {
  const void* data = nullptr;
  size_t size = 0;
  // Never to lie in memory that others see: it is copied once, to its owner.
  bool is_secret = false;
};

class Job {
 public:
  using Clock = std::chrono::steady_clock;

  Job() = default;
  virtual ~Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  // On a pool thread, with every signal blocked. It may block; it must touch
  // nothing that another thread can reach.
  virtual void Run() = 0;
  // On the loop's thread, after Run().
  virtual Result result() const { return {}; }
  // On the loop's thread: a result that was not packed has been copied to its
  // owner. What the job opened is no longer its own to close.
  virtual void Taken() {}

  // On any thread, while it runs: whether who ends the pool is to wait for it
  // longer than for a call that merely waits (ending.cc). It writes what would
  // be left half written, or computes by a library that the process takes down
  // as it exits.
  bool must_finish() const { return must_finish_.load(); }

  // 0 or more: success; less: -errno, or what the family says it is.
  int32_t status() const { return status_; }

  // Its pool ended before a thread took it: Run() was not called.
  bool dropped() const { return dropped_; }

  // For who submits: whose job it is. The pool does not look at it.
  uint32_t id() const { return id_; }
  void set_id(uint32_t id) { id_ = id; }

  // When it was submitted, when a thread began with it and when that was done.
  Clock::time_point queued_at() const { return queued_at_; }
  Clock::time_point began_at() const { return began_at_; }
  Clock::time_point done_at() const { return done_at_; }

 protected:
  void MustFinish() {
    must_finish_ = true;
    // Who ends the process after its environment asks anew.
    left_behind_ = false;
  }

  int32_t status_ = 0;

 private:
  friend class Completions;
  friend class JobList;
  friend class Lanes;
  friend class ThreadPool;

  uint32_t id_ = 0;
  uint32_t lane_ = 0;
  bool queued_ = false;  // guarded by the mutex of the pool
  bool dropped_ = false;
  std::atomic<bool> must_finish_{false};
  std::atomic<bool> left_behind_{false};  // nobody waits for it any more
  // Where it goes when it is done; null from then on.
  std::shared_ptr<Completions> home_;
  // Each is written by the thread that the job belongs to at that time.
  Clock::time_point queued_at_;
  Clock::time_point began_at_;
  Clock::time_point done_at_;
  Job* previous_ = nullptr;
  Job* next_ = nullptr;
};

// Owns its jobs. Linked through the jobs themselves: no allocation, and a job
// in the middle is removed in constant time when its request is aborted.
class JobList {
 public:
  JobList() = default;
  JobList(JobList&& other) noexcept { Swap(&other); }
  ~JobList() { Clear(); }
  JobList(const JobList&) = delete;
  JobList& operator=(const JobList&) = delete;

  bool empty() const { return first_ == nullptr; }
  // Null when the list is empty.
  Job* first() const { return first_; }
  // The one behind `job` in its list; null: it is the last.
  static Job* Next(const Job* job) { return job->next_; }
  size_t size() const { return size_; }

  void PushBack(std::unique_ptr<Job> owned) {
    Job* job = owned.release();
    job->previous_ = last_;
    job->next_ = nullptr;
    (last_ != nullptr ? last_->next_ : first_) = job;
    last_ = job;
    size_++;
  }

  // Null when the list is empty.
  std::unique_ptr<Job> PopFront() {
    return first_ == nullptr ? nullptr : Remove(first_);
  }

  // `job` must be in this list.
  std::unique_ptr<Job> Remove(Job* job) {
    (job->previous_ != nullptr ? job->previous_->next_ : first_) = job->next_;
    (job->next_ != nullptr ? job->next_->previous_ : last_) = job->previous_;
    size_--;
    return std::unique_ptr<Job>(job);
  }

  void Swap(JobList* other) {
    std::swap(first_, other->first_);
    std::swap(last_, other->last_);
    std::swap(size_, other->size_);
  }

  void Clear() {
    while (PopFront() != nullptr) {
    }
  }

 private:
  Job* first_ = nullptr;
  Job* last_ = nullptr;
  size_t size_ = 0;
};

}  // namespace rawloop

#endif  // RAWLOOP_POOL_JOB_H_
