// The threads of a pool: how they start, are named and are joined, or left to
// themselves. What they do
// is the pool's business (thread_pool.h), whose mutex guards all of this but
// Join(). See pthreads(7).
#ifndef RAWLOOP_POOL_CREW_H_
#define RAWLOOP_POOL_CREW_H_

#include <pthread.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace rawloop {

class Crew {
 public:
  // `work` is what each thread runs, without the mutex, with every signal
  // blocked, on one of `processors`, unless there are none. Before it returns
  // it calls Leave(), with the mutex.
  Crew(size_t stack_bytes, std::vector<int> processors,
       std::function<void()> work)
      : stack_bytes_(stack_bytes),
        processors_(std::move(processors)),
        work_(std::move(work)) {}
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  // Starts threads until `size` are there. When that failed a moment ago, and
  // there are some, it is not tried again unless `retry` says so.
  void Grow(size_t size, bool retry);
  // The calling thread ends.
  void Leave();
  // Joins those that have left, which does not wait.
  void Reap();
  // Nobody joins those that are there: the crew must live until the last of
  // them has called Leave(). Idempotent.
  void Detach();
  // Waits for all of them, which somebody told to leave; `mutex` is that of the
  // pool, not held. Safe from any thread, and two may do it at once.
  void Join(std::mutex* mutex);

  // How many have not left.
  size_t alive() const { return alive_; }
  // errno of the last failure to start a thread; 0: all are there.
  int error() const { return error_; }

 private:
  struct Member {
    Crew* crew;
    pthread_t handle;
    bool left;  // it has ended or is about to: joining does not wait
  };

  static void* Main(void* member);
  int Start(const pthread_attr_t* attributes);

  const size_t stack_bytes_;
  const std::vector<int> processors_;
  const std::function<void()> work_;
  std::vector<std::unique_ptr<Member>> members_;
  size_t alive_ = 0;
  size_t left_ = 0;
  bool detached_ = false;
  int error_ = 0;
  std::chrono::steady_clock::time_point retry_at_;
};

}  // namespace rawloop

#endif  // RAWLOOP_POOL_CREW_H_
