// How a pool, or a loop's use of one, ends. A thread may stand in a call that
// never returns: it opens a FIFO that nobody writes, a name server is silent, a
// file system is away. So no end waits for ever: as long as everything gets to
// come to its end in good order, longer for what must not be cut short, and
// then the thread is left behind. What it needs lives on: its job has memory
// and data of its own, the queue of its loop is closed and takes nothing, the
// pool keeps itself, and the code stays loaded. If it comes back after all, the
// last one frees what is left.
#include "os/stay_loaded.h"
#include "pool/thread_pool.h"

namespace rawloop {

namespace {

constexpr std::chrono::milliseconds kLook(10);

}  // namespace

// What must finish may be begun, or done, while it is waited for.
void ThreadPool::End(const std::shared_ptr<ThreadPool>& pool) {
  pool->Stop();
  {
    std::unique_lock<std::mutex> lock(pool->mutex_);
    size_t looks = 0;
    while (pool->Awaited() > 0 && looks < pool->Patience(nullptr)) {
      const auto status = pool->ended_.wait_for(lock, kLook);
      if (status == std::cv_status::timeout) looks++;
    }
    if (pool->crew_.alive() > 0) {
      pool->LeaveBehind(nullptr);
      pool->crew_.Detach();
      pool->kept_ = pool;
      return;
    }
  }
  pool->Join();
}

void ThreadPool::Settle(const Home& home) {
  for (size_t looks = 0; home->expected() > 0;) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (looks >= Patience(home.get())) return LeaveBehind(home.get());
    }
    if (!home->AwaitOne(kLook)) looks++;
  }
}

template <typename Look>
void ThreadPool::EachRunning(const Completions* home, const Look& look) const {
  for (Job* job = lanes_.jobs().first(); job != nullptr;
       job = JobList::Next(job)) {
    if (home == nullptr || job->home_.get() == home) look(job);
  }
}

size_t ThreadPool::Patience(const Completions* home) const {
  bool is_long = false;
  EachRunning(home, [&](const Job* job) {
    is_long = is_long || (job->must_finish() && !job->left_behind_);
  });
  return is_long ? long_end_ : short_end_;
}

void ThreadPool::LeaveBehind(const Completions* home) {
  EachRunning(home, [](Job* job) { job->left_behind_ = true; });
  StayLoaded();
}

size_t ThreadPool::Awaited() const {
  size_t left_behind = 0;
  EachRunning(nullptr, [&](const Job* job) {
    if (job->left_behind_) left_behind++;
  });
  return crew_.alive() - left_behind;
}

}  // namespace rawloop
