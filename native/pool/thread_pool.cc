#include "pool/thread_pool.h"

#include <cerrno>

namespace rawloop {

ThreadPool::ThreadPool(size_t size, size_t stack_bytes)
    : crew_(stack_bytes, [this] { Work(); }), size_(size) {}

ThreadPool::~ThreadPool() {
  Stop();
  Join();
}

int ThreadPool::Open(bool pipe) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (stopping_ || open_) return -EBUSY;
  const int result = completions_.Open(pipe);
  open_ = result >= 0;
  return result;
}

int ThreadPool::AddLane(size_t limit) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (lanes_.count() == Lanes::kMax) return -ENOSPC;
  return static_cast<int>(lanes_.Add(limit));
}

int ThreadPool::Submit(uint32_t lane, std::unique_ptr<Job> job) {
  job->queued_at_ = Job::Clock::now();
  std::unique_lock<std::mutex> lock(mutex_);
  if (stopping_ || !open_) return -EBADF;
  crew_.Reap();
  if (crew_.alive() < size_) crew_.Grow(size_, false);
  if (crew_.alive() == 0) return -crew_.error();
  lanes_.Push(lane, std::move(job));
  spin_.Stir();
  const bool wake = WakesOne();
  lock.unlock();
  if (wake) work_.notify_one();
  return 0;
}

bool ThreadPool::Cancel(Job* job) {
  std::unique_ptr<Job> dropped;
  std::lock_guard<std::mutex> lock(mutex_);
  if (!job->queued_) return false;
  dropped = lanes_.Remove(job);
  return true;
}

void ThreadPool::Take(size_t max, JobList* taken) {
  completions_.Take(max, taken);
}

void ThreadPool::Resize(size_t size) {
  std::lock_guard<std::mutex> lock(mutex_);
  size_ = size;
  if (!stopping_ && crew_.alive() > 0) crew_.Grow(size, true);
  if (crew_.alive() > size) work_.notify_all();
  crew_.Reap();
}

PoolStats ThreadPool::Stats() {
  PoolStats stats;
  stats.lanes.reserve(Lanes::kMax);
  std::lock_guard<std::mutex> lock(mutex_);
  crew_.Reap();
  stats.size = size_;
  stats.threads = crew_.alive();
  stats.idle = idle_;
  stats.queued = lanes_.queued();
  stats.running = lanes_.running();
  stats.finished = completions_.size();
  stats.completed = lanes_.completed();
  stats.wakeups = completions_.wakeups();
  stats.start_error = crew_.error();
  for (uint32_t lane = 0; lane < lanes_.count(); lane++) {
    stats.lanes.push_back(lanes_.Stats(lane));
  }
  return stats;
}

void ThreadPool::Stop() {
  JobList dropped;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    lanes_.Clear(&dropped);
    work_.notify_all();
  }
  completions_.Close();
}

bool ThreadPool::Idle() {
  std::lock_guard<std::mutex> lock(mutex_);
  return lanes_.running() == 0;
}

void ThreadPool::Join() { crew_.Join(&mutex_); }

void ThreadPool::Work() {
  std::unique_ptr<Job> done;
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    const bool leaves = stopping_ || crew_.alive() > size_;
    std::unique_ptr<Job> job = leaves ? nullptr : lanes_.Pop();
    if (job == nullptr && done == nullptr) {
      if (leaves) break;
      Rest(&lock);
      continue;
    }
    const bool wake = WakesOne();
    lock.unlock();
    // One look under the mutex ends the last job and begins the next: with two
    // the threads meet there twice as often.
    if (done != nullptr) completions_.Push(std::move(done));
    if (wake) work_.notify_one();
    if (job != nullptr) Run(job.get());
    lock.lock();
    // Before the loop can hear of it: who was told reads counters that say so.
    if (job != nullptr) lanes_.Done(*job);
    done = std::move(job);
  }
  crew_.Leave();
}

void ThreadPool::Run(Job* job) {
  job->began_at_ = Job::Clock::now();
  job->Run();
  job->done_at_ = Job::Clock::now();
}

void ThreadPool::Rest(std::unique_lock<std::mutex>* lock) {
  idle_++;
  if (lanes_.running() == 0 && spin_.Begin()) {
    lock->unlock();
    spin_.Look();
    lock->lock();
    spin_.End();
  } else {
    work_.wait(*lock);
    waking_ = false;
  }
  idle_--;
}

bool ThreadPool::WakesOne() {
  if (waking_ || spin_.looks() || idle_ == 0 || !lanes_.HasWork()) return false;
  waking_ = true;
  return true;
}

}  // namespace rawloop
