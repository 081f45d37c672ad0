#include "pool/completions.h"

namespace rawloop {

int Completions::Open(bool pipe) {
  std::lock_guard<std::mutex> lock(mutex_);
  const int result = wakeup_.Open(pipe);
  return result < 0 ? result : wakeup_.fd();
}

void Completions::Push(std::unique_ptr<Job> job) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (closed_) return;
  const bool was_empty = jobs_.empty();
  jobs_.PushBack(std::move(job));
  if (!was_empty) return;
  wakeups_++;
  // Rung without the mutex: the woken loop comes for it at once, and would
  // sleep again for the length of a system call. With it 64 stats in flight
  // cost 14 % more CPU.
  ringing_++;
  lock.unlock();
  wakeup_.Ring();
  lock.lock();
  ringing_--;
  if (closed_) rung_.notify_all();
}

void Completions::Take(size_t max, JobList* taken) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (wakeup_.fd() < 0) return;
  wakeup_.Drain();
  if (jobs_.size() <= max) {
    taken->Swap(&jobs_);
    return;
  }
  for (size_t i = 0; i < max; i++) taken->PushBack(jobs_.PopFront());
  wakeups_++;
  wakeup_.Ring();
}

void Completions::Close() {
  JobList unread;
  std::unique_lock<std::mutex> lock(mutex_);
  closed_ = true;
  unread.Swap(&jobs_);
  // Before the number can be reused for another descriptor, whoever is just
  // writing to this one must be through.
  while (ringing_ > 0) rung_.wait(lock);
  wakeup_.Close();
}

size_t Completions::size() {
  std::lock_guard<std::mutex> lock(mutex_);
  return jobs_.size();
}

uint64_t Completions::wakeups() {
  std::lock_guard<std::mutex> lock(mutex_);
  return wakeups_;
}

}  // namespace rawloop
