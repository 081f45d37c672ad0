// What the scenarios of the pool's core share: jobs that are counted, a loop
// that watches the wake-up by edges, and a descriptor that blocks its reader.
#ifndef RAWLOOP_TEST_POOL_CORE_HARNESS_H_
#define RAWLOOP_TEST_POOL_CORE_HARNESS_H_

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pool/thread_pool.h"

namespace rawloop {

constexpr int kLimitMs = 60000;
constexpr size_t kStackBytes = 1 << 20;
// How long an end waits that is to wait: a minute.
constexpr size_t kLooks = 6000;

inline std::atomic<int> wrong{0};
inline std::atomic<long> jobs_alive{0};

inline void Expect(const char* what, long found, long expected) {
  if (found == expected) return;
  fprintf(stderr, "%s: %ld, not %ld\n", what, found, expected);
  wrong++;
}

class Task final : public Job {
 public:
  explicit Task(std::function<void()> work, size_t bytes = 0,
                bool finishes = false)
      : work_(std::move(work)), bytes_(bytes), finishes_(finishes) {
    jobs_alive++;
  }
  ~Task() override { jobs_alive--; }

  void Run() override {
    if (finishes_) MustFinish();
    work_();
    status_ = static_cast<int32_t>(id() % 1000);
    memory_.assign(bytes_, static_cast<unsigned char>(id()));
  }
  Result result() const override { return {memory_.data(), memory_.size()}; }

 private:
  std::function<void()> work_;
  size_t bytes_;
  bool finishes_;  // who ends waits for it longer
  std::vector<unsigned char> memory_;
};

inline PoolOptions OptionsOf(size_t threads) {
  PoolOptions options;
  options.size = threads;
  options.stack_bytes = kStackBytes;
  // No end leaves a thread behind, however busy the machine is; left.h does.
  options.short_end = kLooks;
  return options;
}

inline LaneOptions LaneOf(size_t limit, size_t priority = 1,
                          size_t max_queued = SIZE_MAX) {
  LaneOptions lane;
  lane.limit = limit;
  lane.priority = priority;
  lane.max_queued = max_queued;
  return lane;
}

// A loop's side of a pool: of its own, or of one that others use.
struct Loop {
  explicit Loop(size_t threads, std::vector<size_t> limits = {1024})
      : Loop(OptionsOf(threads), [&] {
          std::vector<LaneOptions> lanes;
          for (size_t limit : limits) lanes.push_back(LaneOf(limit));
          return lanes;
        }()) {}
  Loop(PoolOptions options, const std::vector<LaneOptions>& lanes)
      : Loop(std::make_shared<ThreadPool>(std::move(options))) {
    for (const LaneOptions& lane : lanes) {
      if (pool.AddLane(lane) < 0) abort();
    }
  }
  explicit Loop(std::shared_ptr<ThreadPool> shared)
      : owned(std::move(shared)), pool(*owned) {
    fd = home->Open(false);
    struct epoll_event event {};
    event.events = EPOLLIN | EPOLLET;
    if (fd < 0 || epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) != 0) abort();
  }

  Job* Submit(uint32_t lane, std::function<void()> work, size_t bytes = 0,
              bool finishes = false) {
    auto job = std::make_unique<Task>(std::move(work), bytes, finishes);
    job->set_id(next_id++);
    Job* raw = job.get();
    Expect("submit", pool.Submit(lane, home, std::move(job)), 0);
    return raw;
  }

  // Waits for a wake-up and takes its batch.
  size_t Turn(const std::function<void(const Job&)>& took, size_t max = 256) {
    struct epoll_event event;
    int ready;
    do ready = epoll_wait(set, &event, 1, kLimitMs);
    while (ready < 0);
    if (ready == 0) {
      fprintf(stderr, "not woken\n");
      _exit(1);
    }
    JobList taken;
    home->Take(max, &taken);
    const size_t count = taken.size();
    while (auto job = taken.PopFront()) took(*job);
    return count;
  }

  void Collect(size_t count, const std::function<void(const Job&)>& took) {
    for (size_t got = 0; got < count;) got += Turn(took);
  }

  void Until(const std::function<bool(const PoolStats&)>& condition) {
    for (int waits = 0; !condition(pool.Stats()); waits++) {
      if (waits == kLimitMs) {
        fprintf(stderr, "the counters do not come to it\n");
        _exit(1);
      }
      usleep(1000);
    }
  }

  // The loop ends; others may go on with the pool.
  void Leave() {
    pool.Leave(home);
    home->Close();
    pool.Settle(home);
  }

  ~Loop() {
    Leave();
    close(set);
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  std::shared_ptr<ThreadPool> owned;
  ThreadPool& pool;
  std::shared_ptr<Completions> home = std::make_shared<Completions>();
  int fd;
  int set = epoll_create1(EPOLL_CLOEXEC);
  uint32_t next_id = 0;
};

// A FIFO: who reads it sits in the kernel until somebody writes.
struct Fifo {
  std::string path;
  // Whether its reader has its descriptor, and is about to read.
  mutable std::atomic<bool> stands{false};
  Fifo() {
    char folder[] = "/tmp/rawloop-pool-XXXXXX";
    if (mkdtemp(folder) == nullptr) abort();
    path = std::string(folder) + "/fifo";
    if (mkfifo(path.c_str(), 0600) != 0) abort();
  }
  ~Fifo() {
    unlink(path.c_str());
    rmdir(path.substr(0, path.rfind('/')).c_str());
  }
  void Block() const {
    // To open it for reading alone would wait for a writer.
    const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (fd < 0) abort();
    stands = true;
    char byte;
    if (read(fd, &byte, 1) != 1) wrong++;
    close(fd);
  }
  void Release() const {
    const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, "x", 1) != 1) abort();
    close(fd);
  }
};

// Waits for what threads do that nobody joins.
inline void Until(const char* what, const std::function<bool()>& condition) {
  for (int waits = 0; !condition(); waits++) {
    if (waits == kLimitMs) {
      fprintf(stderr, "it does not come to it: %s\n", what);
      _exit(1);
    }
    usleep(1000);
  }
}

inline void Nothing() {}
inline void Ignore(const Job&) {}

}  // namespace rawloop

#endif  // RAWLOOP_TEST_POOL_CORE_HARNESS_H_
