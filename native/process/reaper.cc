#include "process/reaper.h"

#include <pthread.h>
#include <sys/wait.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <new>

#include "core/retried.h"
#include "os/stay_loaded.h"
#include "os/thread_name.h"
#include "process/signal_sharing.h"

namespace rawloop {
namespace {

constexpr size_t kStackBytes = size_t{128} * 1024;
// How often it looks: soon after a child came, then more and more seldom. Any
// of them may end first, and no call waits for some children and not for all.
constexpr long kFirstPauseNs = 5'000'000;
constexpr long kMaxPauseNs = 960'000'000;

// Or is somebody else's to take, or taken: ECHILD.
bool HasEnded(pid_t pid) {
  return Retried([&] { return waitpid(pid, nullptr, WNOHANG); }) != 0;
}

}  // namespace

void Reaper::Take(pid_t pid) {
  if (HasEnded(pid)) return;
  std::lock_guard<std::mutex> lock(mutex_);
  try {
    pids_.push_back(pid);
  } catch (const std::bad_alloc&) {
    return;
  }
  pause_ns_ = kFirstPauseNs;
  if (!works_) works_ = StartThread();
}

void Reaper::DropEnded() {
  pids_.erase(std::remove_if(pids_.begin(), pids_.end(), HasEnded),
              pids_.end());
}

bool Reaper::StartThread() {
  auto* self = new (std::nothrow) std::shared_ptr<Reaper>(shared_from_this());
  if (self == nullptr) return false;
  // The thread runs in this copy of the addon.
  StayLoaded();
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  // It inherits the mask: no signal of the host's is ever delivered to it.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  const bool runs = pthread_create(&thread, &attributes, Main, self) == 0;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  if (!runs) delete self;
  return runs;
}

void* Reaper::Main(void* argument) {
  std::unique_ptr<std::shared_ptr<Reaper>> self(
      static_cast<std::shared_ptr<Reaper>*>(argument));
  NameThread("rawloop-reaper");
  (*self)->Work();
  return nullptr;
}

void Reaper::Work() {
  for (;;) {
    timespec pause{};
    {
      std::lock_guard<std::mutex> lock(mutex_);
      DropEnded();
      works_ = !pids_.empty();
      if (!works_) return;
      pause.tv_nsec = pause_ns_;
      pause_ns_ = std::min(pause_ns_ * 2, kMaxPauseNs);
    }
    nanosleep(&pause, nullptr);
  }
}

}  // namespace rawloop
