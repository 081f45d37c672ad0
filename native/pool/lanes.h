// The queues of a pool: one for each lane. A lane is a kind of work that may
// have at most `limit` of the pool's threads at once, so that what blocks for
// long (a name server that does not answer, a file system that is away) leaves
// some to others. Within a lane first come, first served. Between lanes each
// that has work and may have a thread has its turn, of as many jobs as its
// priority says, and goes to the end of the line: the share of a lane grows
// with its priority, and none waits for longer than the turns of all others.
//
// Nothing here locks: the mutex of the pool guards it.
#ifndef RAWLOOP_POOL_LANES_H_
#define RAWLOOP_POOL_LANES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pool/job.h"

namespace rawloop {

struct LaneOptions {
  std::string name;
  size_t limit = 0;              // threads that it may have at once: 1 or more
  bool halves = false;           // and of the threads half at most, or one
  size_t priority = 1;           // jobs of a turn: 1 or more
  size_t max_queued = SIZE_MAX;  // jobs that may wait: 1 or more
};

struct LaneStats : LaneOptions {
  size_t queued = 0;       // jobs that no thread has taken yet
  size_t running = 0;      // jobs on a thread now
  uint64_t completed = 0;  // jobs done since the start
};

class Lanes {
 public:
  // The line of lanes is searched, and moved up, from end to end.
  static constexpr size_t kMax = 64;

  Lanes(size_t max_queued, size_t threads)
      : max_queued_(max_queued), threads_(threads) {}

  // The number of a new lane, from 0 on.
  uint32_t Add(const LaneOptions& options);
  size_t count() const { return lanes_.size(); }
  // The pool has so many threads from now on.
  void Resize(size_t threads);
  // The number of the lane of that name; -1: there is none.
  int Find(const std::string& name) const;

  // Whether the lane, or the pool, has as many jobs queued as may wait.
  bool IsFull(uint32_t lane) const;
  void Push(uint32_t lane, std::unique_ptr<Job> job);
  // Whether Pop() would give a job.
  bool HasWork() const { return !ready_.empty(); }
  // The next job, which is running from now on. Null: there is none, or the
  // lanes that have some have all the threads that they may have.
  Job* Pop();
  // `job` does not run any more: it is the caller's.
  std::unique_ptr<Job> Done(Job* job);
  // Takes out a job that is queued.
  std::unique_ptr<Job> Remove(Job* job);
  // Moves what is queued to `dropped`: all of it, or what is for `home`.
  void Clear(const Completions* home, JobList* dropped);
  // Whether, since this was asked last, a queue came down to half of what may
  // wait in it.
  bool TookHalf();

  size_t max_queued() const { return max_queued_; }
  size_t queued() const { return queued_; }
  size_t running() const { return running_.size(); }
  // Those that run.
  const JobList& jobs() const { return running_; }
  uint64_t completed() const { return completed_; }
  LaneStats Stats(uint32_t lane) const;

 private:
  struct Lane {
    LaneOptions options;
    JobList queue;
    size_t running = 0;
    uint64_t completed = 0;
    size_t taken = 0;    // jobs of its turn so far, while it is first in line
    bool ready = false;  // it has work and may have a thread
  };

  // Threads that it may have now.
  size_t LimitOf(const Lane& lane) const;
  bool IsReady(const Lane& lane) const {
    return !lane.queue.empty() && lane.running < LimitOf(lane);
  }
  // Joins the line or leaves it, when the lane came to be ready or is no more.
  void Update(uint32_t lane);
  // A job has left the queue of `lane`.
  void Dequeued(const Lane& lane);

  const size_t max_queued_;
  size_t threads_;
  std::vector<Lane> lanes_;
  std::vector<uint32_t> ready_;  // those that are ready, whose turn it is first
  size_t queued_ = 0;
  JobList running_;
  uint64_t completed_ = 0;
  bool took_half_ = false;
};

}  // namespace rawloop

#endif  // RAWLOOP_POOL_LANES_H_
