// One piece of work for the pool, and the list that owns such pieces. A family
// of requests (file system, crypto, name look-up) derives from Job in a file of
// its own; the pool knows nothing but this page.
//
// The life of a job: made on the JavaScript thread, Run() on a pool thread,
// Fill() and Bytes() on the JavaScript thread again, deleted there. It belongs
// to one thread at a time, so it needs no lock of its own.
#ifndef RAWLOOP_POOL_JOB_H_
#define RAWLOOP_POOL_JOB_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

#include "core/args.h"

namespace rawloop {

// One completion as JavaScript sees it: cells of eight bytes in a shared
// buffer, read there through a Float64Array or a BigInt64Array. The pool fills
// the first two and the last three, the job what it needs of the others.
class Row {
 public:
  static constexpr size_t kIdCell = 0;       // float64: the id of the request
  static constexpr size_t kStatusCell = 1;   // float64: Job::status()
  static constexpr size_t kFirstCell = 2;    // the job's own cells start here
  static constexpr size_t kQueuedCell = 20;  // float64: ms in the queue
  static constexpr size_t kRunCell = 21;     // float64: ms on a thread
  static constexpr size_t kDoneCell = 22;    // float64: ms from then to the row
  static constexpr size_t kCells = 23;
  static constexpr size_t kBytes = kCells * sizeof(double);

  explicit Row(uint8_t* memory) : memory_(memory) {}

  void Number(size_t cell, double value) const { Write(cell, &value); }
  void Integer(size_t cell, int64_t value) const { Write(cell, &value); }

 private:
  void Write(size_t cell, const void* value) const {
    memcpy(memory_ + cell * sizeof(double), value, sizeof(double));
  }

  uint8_t* memory_;
};

class Job {
 public:
  Job() = default;
  virtual ~Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  // On a pool thread, with every signal blocked. It may block; it must not
  // touch JavaScript or anything that another thread can reach.
  virtual void Run() = 0;
  // On the JavaScript thread: the results that fit in cells.
  virtual void Fill(Row) const {}
  // On the JavaScript thread: results that do not. A job with bytes is kept
  // until they are copied out or the next batch is taken.
  virtual Span Bytes() { return {}; }

  // 0 or more: success; less: -errno, or what the family says it is.
  int32_t status() const { return status_; }

 protected:
  int32_t status_ = 0;

 private:
  friend class JobList;
  friend class ThreadPool;
  friend class Pool;

  using Clock = std::chrono::steady_clock;

  uint32_t id_ = 0;
  // Each is written by the thread that the job belongs to at that time.
  Clock::time_point queued_at_;
  Clock::time_point began_at_;
  Clock::time_point done_at_;
  bool queued_ = false;  // guarded by the mutex of the pool
  Job* previous_ = nullptr;
  Job* next_ = nullptr;
};

// Owns its jobs. Linked through the jobs themselves: no allocation, and a job
// in the middle is removed in constant time when its request is aborted.
class JobList {
 public:
  JobList() = default;
  ~JobList() { Clear(); }
  JobList(const JobList&) = delete;
  JobList& operator=(const JobList&) = delete;

  bool empty() const { return first_ == nullptr; }
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
