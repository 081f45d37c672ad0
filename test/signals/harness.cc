// Drives native/process/signal_table.cc from threads, as loops of several
// threads and copies of the addon do, beside others who use sigaction(2). Built
// with sanitizers by table.test.ts. Arguments: a scenario, a number of rounds.
// Prints what came of it; the exit code is 0 when nothing was lost.
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "process/signal_table.h"

using rawloop::SharedSignalTable;
using rawloop::SignalLock;

namespace {

constexpr int kLimitMs = 20000;

struct Pipe {
  int ends[2];
  Pipe() {
    if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) abort();
  }
  ~Pipe() {
    close(ends[0]);
    close(ends[1]);
  }
  int Count() const {
    unsigned char bytes[64];
    int count = 0;
    for (ssize_t got; (got = read(ends[0], bytes, sizeof(bytes))) > 0;) {
      count += static_cast<int>(got);
    }
    return count;
  }
  bool WaitForOne() const {
    struct pollfd wait = {ends[0], POLLIN, 0};
    int ready;
    do ready = poll(&wait, 1, kLimitMs);
    while (ready < 0);
    return ready == 1;
  }
};

int Watch(int signal, int fd) {
  SignalLock lock;
  return SharedSignalTable().watch(signal, fd);
}

void Unwatch(int signal, int fd) {
  SignalLock lock;
  SharedSignalTable().unwatch(signal, fd);
}

std::atomic<int> lost{0};
std::atomic<int> strays{0};
std::atomic<long> host_heard{0};
std::atomic<bool> over{false};

// Watches, sends, hears, leaves; then its descriptor's number is a stranger's.
void WatchAndSend(int signal, int rounds) {
  for (int round = 0; round < rounds; round++) {
    int number;
    {
      Pipe pipe;
      number = pipe.ends[1];
      if (Watch(signal, number) != 0) abort();
      kill(getpid(), signal);
      if (!pipe.WaitForOne()) lost++;
      Unwatch(signal, number);
    }
    Pipe stranger;
    sched_yield();
    if (stranger.Count() != 0) strays++;
  }
}

void OnHost(int) { host_heard++; }

// The host has a handler of its own below ours all the time.
void KeepHostHandler(int signal) {
  struct sigaction action {};
  action.sa_handler = OnHost;
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, nullptr);
}

struct sigaction below;

void Chained(int signal, siginfo_t* info, void* context) {
  if ((below.sa_flags & SA_SIGINFO) != 0) {
    below.sa_sigaction(signal, info, context);
  } else if (below.sa_handler != SIG_DFL && below.sa_handler != SIG_IGN) {
    below.sa_handler(signal);
  }
}

int Report(const char* scenario, int rounds) {
  printf("%s: %d rounds, %d lost, %d strays, the host heard %ld\n", scenario,
         rounds, lost.load(), strays.load(), host_heard.load());
  return lost == 0 && strays == 0 ? 0 : 1;
}

// Threads that come and go, signals from all sides.
int Threads(int rounds) {
  KeepHostHandler(SIGUSR1);
  KeepHostHandler(SIGUSR2);
  std::vector<std::thread> threads;
  for (int signal : {SIGUSR1, SIGUSR1, SIGUSR2, SIGUSR2}) {
    threads.emplace_back(WatchAndSend, signal, rounds);
  }
  std::thread noise([] {
    while (!over) {
      kill(getpid(), SIGUSR2);
      sched_yield();
    }
  });
  for (auto& thread : threads) thread.join();
  over = true;
  noise.join();
  const int result = Report("threads", rounds * 4);
  return host_heard >= rounds ? result : 1;
}

// The host's dispatcher replaces ours and calls on to nobody; each time that
// it did, ours is put back, as `renew` does for JavaScript.
int Replaced(int rounds) {
  KeepHostHandler(SIGUSR2);
  Pipe pipe;
  if (Watch(SIGUSR2, pipe.ends[1]) != 0) abort();
  // Before: between a watch and its signal it would take the handler's place.
  KeepHostHandler(SIGUSR1);
  // ThreadSanitizer drops a signal that comes while a thread is being made.
  std::atomic<bool> made{false};
  std::thread other([&] {
    while (!made) sched_yield();
    WatchAndSend(SIGUSR1, rounds);
  });
  made = true;
  for (int round = 0; round < rounds; round++) {
    KeepHostHandler(SIGUSR2);
    {
      SignalLock lock;
      SharedSignalTable().renew(SIGUSR2);
    }
    const long before = host_heard;
    kill(getpid(), SIGUSR2);
    if (!pipe.WaitForOne()) lost++;
    for (int i = 0; i < kLimitMs && host_heard == before; i++) usleep(1000);
    if (host_heard == before) lost++;
    pipe.Count();
  }
  other.join();
  return Report("replaced", rounds);
}

// A library puts a handler over ours that calls on to it; ours comes on top
// again, and calls on to that: the host below hears each signal once.
int Chain(int rounds) {
  KeepHostHandler(SIGUSR2);
  Pipe first;
  Pipe second;
  if (Watch(SIGUSR2, first.ends[1]) != 0) abort();
  struct sigaction action {};
  action.sa_sigaction = Chained;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigaction(SIGUSR2, &action, &below);
  if (Watch(SIGUSR2, second.ends[1]) != 0) abort();
  for (int round = 0; round < rounds; round++) raise(SIGUSR2);
  if (first.Count() != rounds || second.Count() != rounds) lost++;
  if (host_heard != rounds) lost++;
  return Report("chain", rounds);
}

// The host's handler is called for each signal, also in the moment in which
// ours takes its place, for the first time for each signal.
int Install(int rounds) {
  for (int signal = SIGRTMIN; signal <= SIGRTMAX; signal++) {
    KeepHostHandler(signal);
    host_heard = 0;
    std::atomic<bool> started{false};
    std::thread sender([&] {
      for (int round = 0; round < rounds; round++) {
        raise(signal);
        started = true;
      }
    });
    while (!started) sched_yield();
    Pipe pipe;
    if (Watch(signal, pipe.ends[1]) != 0) abort();
    sender.join();
    if (host_heard != rounds) lost++;
    Unwatch(signal, pipe.ends[1]);
  }
  return Report("install", rounds);
}

// A signal whose default action is nothing, and nobody else listens: who
// watches it hears, although it was given its default action just now.
int Idle(int rounds) {
  std::thread noise([] {
    while (!over) {
      kill(getpid(), SIGWINCH);
      sched_yield();
    }
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; i++) {
    threads.emplace_back(WatchAndSend, SIGWINCH, rounds);
  }
  for (auto& thread : threads) thread.join();
  over = true;
  noise.join();
  return Report("idle", rounds * 2);
}

// What becomes of a child that raises `signal` after `prepare`.
template <typename Prepare>
int StatusOfChild(int signal, Prepare prepare) {
  const pid_t child = fork();
  if (child == 0) {
    prepare();
    kill(getpid(), signal);
    _exit(7);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

void Expect(const char* what, int found, int expected) {
  if (found == expected) return;
  fprintf(stderr, "%s: %d, not %d\n", what, found, expected);
  lost++;
}

// The process dies of what nobody watches, and of nothing else; a child made
// by fork(2) tells its parent nothing.
int Defaults(int) {
  signal(SIGUSR2, SIG_DFL);
  signal(SIGHUP, SIG_IGN);
  Pipe pipe;
  for (int number : {SIGUSR2, SIGHUP, SIGCHLD, SIGWINCH}) {
    if (Watch(number, pipe.ends[1]) != 0) abort();
  }
  const auto nothing = [] {};
  Expect("watched by the parent", StatusOfChild(SIGUSR2, nothing), -SIGUSR2);
  Expect("ignored before", StatusOfChild(SIGHUP, nothing), 7);
  Expect("SIGCHLD of two children, and no more", pipe.Count(), 2);
  kill(getpid(), SIGUSR2);
  Expect("told", pipe.Count(), 1);
  for (int number : {SIGUSR2, SIGHUP, SIGCHLD, SIGWINCH}) {
    Unwatch(number, pipe.ends[1]);
  }
  // None of these ends a process.
  for (int number : {SIGHUP, SIGCHLD, SIGWINCH}) kill(getpid(), number);
  if (Watch(SIGCHLD, pipe.ends[1]) != 0) abort();
  kill(getpid(), SIGCHLD);
  Expect("watched again", pipe.Count(), 1);
  Expect("watched by nobody", StatusOfChild(SIGUSR2, nothing), -SIGUSR2);
  return Report("defaults", 1);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const int rounds = atoi(arguments[2]);
  const struct {
    const char* name;
    int (*run)(int);
  } scenarios[] = {{"threads", Threads}, {"replaced", Replaced},
                   {"chain", Chain},     {"install", Install},
                   {"idle", Idle},       {"defaults", Defaults}};
  for (const auto& scenario : scenarios) {
    if (strcmp(scenario.name, arguments[1]) == 0) return scenario.run(rounds);
  }
  return 2;
}
