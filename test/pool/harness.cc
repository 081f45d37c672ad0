// Drives the core of the pool (native/pool without binding.cc and family.cc)
// from a loop of its own, which watches the wake-up by edges. Built with
// sanitizers by core.test.ts, and without Node-API's headers. Arguments: a
// scenario, a number of rounds. Prints what came of it; the exit code is 0 when
// nothing went wrong.
#include <fcntl.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "pool/thread_pool.h"

using rawloop::Job;
using rawloop::JobList;
using rawloop::LaneStats;
using rawloop::PoolStats;
using rawloop::Result;
using rawloop::Spin;
using rawloop::ThreadPool;

namespace {

constexpr int kLimitMs = 60000;
constexpr size_t kStackBytes = 1 << 20;

std::atomic<int> wrong{0};
std::atomic<long> jobs_alive{0};

void Expect(const char* what, long found, long expected) {
  if (found == expected) return;
  fprintf(stderr, "%s: %ld, not %ld\n", what, found, expected);
  wrong++;
}

class Task final : public Job {
 public:
  explicit Task(std::function<void()> work, size_t bytes = 0)
      : work_(std::move(work)), bytes_(bytes) {
    jobs_alive++;
  }
  ~Task() override { jobs_alive--; }

  void Run() override {
    work_();
    status_ = static_cast<int32_t>(id() % 1000);
    memory_.assign(bytes_, static_cast<unsigned char>(id()));
  }
  Result result() const override { return {memory_.data(), memory_.size()}; }

 private:
  std::function<void()> work_;
  size_t bytes_;
  std::vector<unsigned char> memory_;
};

// A pool and the loop's side of it.
struct Loop {
  explicit Loop(size_t threads, std::vector<size_t> limits = {1024})
      : pool(threads, kStackBytes) {
    fd = pool.Open(false);
    struct epoll_event event {};
    event.events = EPOLLIN | EPOLLET;
    if (fd < 0 || epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) != 0) abort();
    for (size_t limit : limits) {
      if (pool.AddLane(limit) < 0) abort();
    }
  }

  Job* Submit(uint32_t lane, std::function<void()> work, size_t bytes = 0) {
    auto job = std::make_unique<Task>(std::move(work), bytes);
    job->set_id(next_id++);
    Job* raw = job.get();
    Expect("submit", pool.Submit(lane, std::move(job)), 0);
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
    pool.Take(max, &taken);
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

  ~Loop() { close(set); }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  ThreadPool pool;
  int fd;
  int set = epoll_create1(EPOLL_CLOEXEC);
  uint32_t next_id = 0;
};

// A FIFO: who opens it to read sits in the kernel until somebody writes.
struct Fifo {
  std::string path;
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
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) abort();
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

void Nothing() {}
void Ignore(const Job&) {}

// One thread: within a lane in the order of submission; between lanes in turn,
// first the one that had work first, however many wait in the other.
void Order(int rounds) {
  Loop loop(1, {1024, 1024});
  Fifo fifo;
  loop.Submit(1, [&] { fifo.Block(); });
  loop.Until([](const PoolStats& stats) { return stats.running == 1; });
  const int few = 5;
  std::vector<int> order;
  const auto note = [&](int lane, int number) {
    loop.Submit(lane, [&, number] { order.push_back(number); });
  };
  for (int i = 0; i < few; i++) note(1, -1 - i);
  for (int i = 0; i < rounds; i++) note(0, i);
  fifo.Release();
  loop.Collect(1 + rounds + few, Ignore);
  std::vector<int> expected;
  for (int i = 0; i < rounds; i++) {
    if (i < few) expected.push_back(-1 - i);
    expected.push_back(i);
  }
  Expect("order", order == expected, 1);
}

// A lane whose work blocks in the kernel holds the threads that it may have and
// no more, and the others go on; when it is free, its queue is served too.
void Blocked(int rounds) {
  Loop loop(3, {2, 1024});
  Fifo fifos[2];
  for (const Fifo& fifo : fifos) loop.Submit(0, [&] { fifo.Block(); });
  loop.Until([](const PoolStats& stats) { return stats.running == 2; });
  for (int i = 0; i < 10; i++) loop.Submit(0, Nothing);
  for (int i = 0; i < rounds; i++) {
    loop.Submit(1, Nothing);
    loop.Collect(1, [](const Job& job) { Expect("id", job.id() >= 12, 1); });
  }
  const PoolStats stats = loop.pool.Stats();
  Expect("threads of the blocked lane", stats.lanes[0].running, 2);
  Expect("queued in the blocked lane", stats.lanes[0].queued, 10);
  Expect("done in the blocked lane", stats.lanes[0].completed, 0);
  Expect("done in the other", stats.lanes[1].completed, rounds);
  fifos[0].Release();
  loop.Collect(11, Ignore);
  fifos[1].Release();
  loop.Collect(1, Ignore);
  Expect("done in the blocked lane", loop.pool.Stats().lanes[0].completed, 12);
}

// No lane has ever more threads than its limit, whatever else there is to do.
void Limits(int rounds) {
  const size_t limits[] = {1, 2, 3};
  Loop loop(4, {1, 2, 3});
  std::atomic<size_t> now[3] = {};
  std::atomic<size_t> most[3] = {};
  for (int i = 0; i < rounds; i++) {
    for (uint32_t lane = 0; lane < 3; lane++) {
      loop.Submit(lane, [&, lane] {
        const size_t here = ++now[lane];
        size_t before = most[lane];
        while (here > before &&
               !most[lane].compare_exchange_weak(before, here)) {
        }
        usleep(100);
        now[lane]--;
      });
    }
  }
  loop.Collect(static_cast<size_t>(rounds) * 3, Ignore);
  for (int lane = 0; lane < 3; lane++) {
    Expect("no more than the limit", most[lane] <= limits[lane], 1);
    Expect("done", static_cast<long>(loop.pool.Stats().lanes[lane].completed),
           rounds);
  }
}

// Results of any size reach the loop whole, and many for one wake-up.
void Results(int rounds) {
  Loop loop(4);
  const size_t sizes[] = {0, 1, 255, 256, 257, 65536, 1 << 20};
  for (int round = 0; round < rounds / 10 + 1; round++) {
    for (size_t size : sizes) loop.Submit(0, Nothing, size);
    loop.Collect(7, [&](const Job& job) {
      const Result result = job.result();
      Expect("size", result.size, sizes[job.id() % 7]);
      Expect("status", job.status(), job.id() % 1000);
      const auto* bytes = static_cast<const unsigned char*>(result.data);
      for (size_t i = 0; i < result.size; i += 97) {
        if (bytes[i] != static_cast<unsigned char>(job.id())) wrong++;
      }
    });
  }
  const uint64_t before = loop.pool.Stats().wakeups;
  for (int i = 0; i < 600; i++) loop.Submit(0, Nothing);
  loop.Until([](const PoolStats& stats) { return stats.finished == 600; });
  Expect("wake-ups for all", loop.pool.Stats().wakeups - before, 1);
  Expect("a batch", loop.Turn(Ignore), 256);
  Expect("a batch", loop.Turn(Ignore), 256);
  Expect("the rest", loop.Turn(Ignore), 88);
}

// Submissions, cancellations, takes and changes of size at random: each job
// comes back once or was cancelled, and nothing is left.
void Churn(int rounds) {
  std::mt19937 random(7);
  Loop loop(4, {1, 3, 1024});
  std::set<Job*> pending;
  std::atomic<long> ran{0};
  long taken = 0;
  long cancelled = 0;
  const auto took = [&](const Job& job) {
    taken++;
    Expect("pending", pending.erase(const_cast<Job*>(&job)), 1);
  };
  for (int round = 0; round < rounds * 10; round++) {
    for (uint32_t i = random() % 20; i > 0; i--) {
      pending.insert(loop.Submit(
          random() % 3, [&] { ran++; }, random() % 300));
    }
    if (!pending.empty() && random() % 2 == 0) {
      Job* job = *pending.begin();
      if (loop.pool.Cancel(job)) cancelled += pending.erase(job);
    }
    if (random() % 10 == 0) loop.pool.Resize(1 + random() % 6);
    if (pending.size() > 100) loop.Turn(took, 1 + random() % 50);
  }
  while (!pending.empty()) loop.Turn(took, 50);
  Expect("ran", ran, taken);
  Expect("all", taken + cancelled, loop.next_id);
  Expect("left", jobs_alive, 0);
}

// Makes a pipe at the number of the pool's descriptor, which is closed: whoever
// writes there now writes to a stranger.
void ExpectNoWrites(int number) {
  int stranger[2];
  if (pipe2(stranger, O_NONBLOCK | O_CLOEXEC) != 0) abort();
  Expect("number", stranger[0] == number || stranger[1] == number, 1);
  usleep(100);
  char bytes[8];
  if (read(stranger[0], bytes, sizeof(bytes)) >= 0) wrong++;
  close(stranger[0]);
  close(stranger[1]);
}

// A pool is stopped with work queued, running and not taken, and joined by
// another thread: nobody writes to its descriptor's number any more, and no job
// is left.
void Stop(int rounds) {
  for (int round = 0; round < rounds; round++) {
    Loop loop(3, {1, 1024});
    for (int i = 0; i < 20; i++)
      loop.Submit(
          i % 2, [] { sched_yield(); }, i);
    if (round % 2 == 0) loop.Turn(Ignore, 1);
    loop.pool.Stop();
    Expect("after the end",
           loop.pool.Submit(0, std::make_unique<Task>(Nothing)), -EBADF);
    ExpectNoWrites(loop.fd);
    std::thread joiner([&] { loop.pool.Join(); });
    joiner.join();
    Expect("left", jobs_alive, 0);
  }
}

// The same in the moment in which a thread rings.
void Ring(int rounds) {
  for (int round = 0; round < rounds; round++) {
    Loop loop(2);
    loop.Submit(0, Nothing);
    loop.Collect(1, Ignore);
    std::atomic<bool> runs{false};
    loop.Submit(0, [&] { runs = true; });
    while (!runs) {
    }
    for (volatile int i = 0; i < round % 50 * 300; i = i + 1) {
    }
    loop.pool.Stop();
    ExpectNoWrites(loop.fd);
    loop.pool.Join();
  }
}

void RunOn(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (sched_setaffinity(0, sizeof(set), &set) != 0) abort();
}

// How many times Begin() says no before it says yes, when looking is in vain.
int TimesLeftOut(Spin* spin) {
  int times = 0;
  while (!spin->Begin()) times++;
  spin->Look();
  spin->End();
  return times;
}

// A thread looks for work only on another processor than the loop's, and less
// and less often while it finds none.
void Looking(int) {
  cpu_set_t set;
  sched_getaffinity(0, sizeof(set), &set);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  Spin spin;
  RunOn(cpus[0]);
  Expect("before there was work", spin.Begin(), false);
  spin.Stir();
  for (int i = 0; i < 100; i++) Expect("beside the loop", spin.Begin(), false);
  if (cpus.size() < 2) return;
  RunOn(cpus[1]);
  for (int times : {0, 2, 4, 8, 16, 32, 64, 64}) {
    Expect("times left out", TimesLeftOut(&spin), times);
  }
  while (!spin.Begin()) {
  }
  Expect("one at a time", spin.Begin(), false);
  std::thread loop([&] {
    RunOn(cpus[0]);
    spin.Stir();
  });
  loop.join();
  spin.Look();
  spin.End();
  Expect("after it paid off", TimesLeftOut(&spin), 0);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const int rounds = atoi(arguments[2]);
  const struct {
    const char* name;
    void (*run)(int);
  } scenarios[] = {{"order", Order},   {"blocked", Blocked},
                   {"limits", Limits}, {"results", Results},
                   {"churn", Churn},   {"ring", Ring},
                   {"spin", Looking},  {"stop", Stop}};
  for (const auto& scenario : scenarios) {
    if (strcmp(scenario.name, arguments[1]) != 0) continue;
    scenario.run(rounds);
    Expect("jobs left", jobs_alive, 0);
    printf("%s: %d rounds, %d wrong\n", scenario.name, rounds, wrong.load());
    return wrong == 0 ? 0 : 1;
  }
  return 2;
}
