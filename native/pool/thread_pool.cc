#include "pool/thread_pool.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace rawloop {

ThreadPool::ThreadPool(PoolOptions options)
    : idle_limit_(options.idle),
      short_end_(options.short_end),
      long_end_(options.long_end),
      lanes_(options.max_queued, options.size),
      crew_(options.stack_bytes, std::move(options.processors),
            [this] { Work(); }),
      size_(options.size) {}

ThreadPool::~ThreadPool() {
  Stop();
  Join();
}

int ThreadPool::AddLane(const LaneOptions& options) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (lanes_.count() == Lanes::kMax) return -ENOSPC;
  return static_cast<int>(lanes_.Add(options));
}

int ThreadPool::FindLane(const std::string& name) {
  std::lock_guard<std::mutex> lock(mutex_);
  return lanes_.Find(name);
}

int ThreadPool::Submit(uint32_t lane, const Home& home,
                       std::unique_ptr<Job> job) {
  job->queued_at_ = Job::Clock::now();
  std::unique_lock<std::mutex> lock(mutex_);
  if (lane >= lanes_.count()) return -ENXIO;
  if (stopping_) return -EBADF;
  if (lanes_.IsFull(lane)) return -ENOBUFS;
  crew_.Reap();
  const size_t wanted = Wanted();
  if (crew_.alive() < wanted) crew_.Grow(wanted, false);
  if (crew_.alive() == 0) return -crew_.error();
  home->Expect(1);
  job->home_ = home;
  lanes_.Push(lane, std::move(job));
  spin_.Stir();
  const bool wake = WakesOne();
  lock.unlock();
  if (wake) work_.notify_one();
  return 0;
}

bool ThreadPool::Cancel(Job* job) {
  std::unique_ptr<Job> dropped;
  Homes ring;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!job->queued_) return false;
    dropped = lanes_.Remove(job);
    ring = TakeWaiting();
  }
  dropped->home_->Forget(1);
  RingAll(ring);
  return true;
}

void ThreadPool::Leave(const Home& home) {
  JobList dropped;
  Homes ring;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    lanes_.Clear(home.get(), &dropped);
    waiting_.erase(std::remove(waiting_.begin(), waiting_.end(), home),
                   waiting_.end());
    ring = TakeWaiting();
  }
  home->Forget(dropped.size());
  RingAll(ring);
}

void ThreadPool::AwaitHalf(const Home& home) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto known = std::find(waiting_.begin(), waiting_.end(), home);
  if (known == waiting_.end()) waiting_.push_back(home);
}

void ThreadPool::Resize(size_t size) {
  std::lock_guard<std::mutex> lock(mutex_);
  size_ = size;
  lanes_.Resize(size);
  const bool keeps_all = idle_limit_.count() < 0;
  if (!stopping_ && keeps_all && crew_.alive() > 0) crew_.Grow(size, true);
  // For those to leave, and for what lanes may have done now.
  work_.notify_all();
  crew_.Reap();
}

PoolStats ThreadPool::Stats() {
  PoolStats stats;
  stats.lanes.reserve(Lanes::kMax);
  std::lock_guard<std::mutex> lock(mutex_);
  crew_.Reap();
  stats.size = size_;
  stats.max_queued = lanes_.max_queued();
  stats.threads = crew_.alive();
  stats.idle = idle_;
  stats.queued = lanes_.queued();
  stats.running = lanes_.running();
  stats.completed = lanes_.completed();
  stats.start_error = crew_.error();
  for (uint32_t lane = 0; lane < lanes_.count(); lane++) {
    stats.lanes.push_back(lanes_.Stats(lane));
  }
  return stats;
}

void ThreadPool::Stop() {
  JobList dropped;
  Homes ring;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    lanes_.Clear(nullptr, &dropped);
    ring.swap(waiting_);
    work_.notify_all();
  }
  while (std::unique_ptr<Job> job = dropped.PopFront()) {
    job->dropped_ = true;
    job->began_at_ = job->done_at_ = Job::Clock::now();
    GiveBack(std::move(job));
  }
  RingAll(ring);
}

bool ThreadPool::Ended() {
  std::lock_guard<std::mutex> lock(mutex_);
  return stopping_;
}

bool ThreadPool::Idle() {
  std::lock_guard<std::mutex> lock(mutex_);
  return lanes_.running() == 0;
}

void ThreadPool::Join() { crew_.Join(&mutex_); }

void ThreadPool::Work() {
  std::unique_ptr<Job> done;
  bool tired = false;
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    const bool leaves = stopping_ || crew_.alive() > size_;
    Job* const job = leaves ? nullptr : lanes_.Pop();
    if (job == nullptr && done == nullptr) {
      if (leaves || tired) break;
      tired = Rest(&lock);
      continue;
    }
    tired = false;
    const bool wake = WakesOne();
    const Homes ring = TakeWaiting();
    lock.unlock();
    // One look under the mutex ends the last job and begins the next: with two
    // the threads meet there twice as often.
    if (done != nullptr) GiveBack(std::move(done));
    if (wake) work_.notify_one();
    RingAll(ring);
    if (job != nullptr) Run(job);
    lock.lock();
    // Before the loop can hear of it: who was told reads counters that say so.
    if (job != nullptr) done = lanes_.Done(job);
    if (stopping_) ended_.notify_all();
  }
  crew_.Leave();
  ended_.notify_all();
  if (crew_.alive() > 0) return;
  // Null, unless it was left behind: then it is perhaps the last that has it.
  const std::shared_ptr<ThreadPool> kept = std::move(kept_);
  lock.unlock();
}

void ThreadPool::Run(Job* job) {
  job->began_at_ = Job::Clock::now();
  job->Run();
  job->done_at_ = Job::Clock::now();
}

// A job in the queue of its home would keep it for ever.
void ThreadPool::GiveBack(std::unique_ptr<Job> job) {
  const Home home = std::move(job->home_);
  home->Push(std::move(job));
}

void ThreadPool::RingAll(const Homes& homes) {
  for (const Home& home : homes) home->Ring();
}

bool ThreadPool::Rest(std::unique_lock<std::mutex>* lock) {
  bool tired = false;
  idle_++;
  if (lanes_.running() == 0 && spin_.Begin()) {
    lock->unlock();
    spin_.Look();
    lock->lock();
    spin_.End();
  } else {
    if (idle_limit_.count() < 0) {
      work_.wait(*lock);
    } else {
      tired = work_.wait_for(*lock, idle_limit_) == std::cv_status::timeout;
    }
    // Also when it was not woken in time: who was to wake it has done so, and
    // it looks once more.
    waking_ = false;
  }
  idle_--;
  return tired;
}

size_t ThreadPool::Wanted() const {
  if (idle_limit_.count() < 0) return size_;
  // Each that is idle will take one of those that wait.
  const bool enough = idle_ > lanes_.queued();
  return enough ? crew_.alive() : std::min(size_, crew_.alive() + 1);
}

bool ThreadPool::WakesOne() {
  if (waking_ || spin_.looks() || idle_ == 0 || !lanes_.HasWork()) return false;
  waking_ = true;
  return true;
}

ThreadPool::Homes ThreadPool::TakeWaiting() {
  if (waiting_.empty() || !lanes_.TookHalf()) return {};
  return std::exchange(waiting_, {});
}

}  // namespace rawloop
