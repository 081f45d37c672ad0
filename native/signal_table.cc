#include "signal_table.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <new>

#include "signal_sharing.h"

namespace rawloop {
namespace {

constexpr int kSignals = NSIG;
constexpr int kDeliveries = 64;

// A place for a watch. It is used again, never freed: a handler may be looking.
struct Watch {
  std::atomic<int> fd{-1};      // -1: free
  std::atomic<int> writers{0};  // handlers that may have read fd
  Watch* next = nullptr;
};

// An action that was replaced. Kept for ever, once for each there was.
struct Replaced {
  struct sigaction action;
  Replaced* next;
};

struct Signal {
  std::atomic<Watch*> watches{nullptr};
  std::atomic<const Replaced*> replaced{nullptr};
  Replaced* known = nullptr;  // guarded by the lock
  // A thread is between replacing an action and telling which it was.
  std::atomic<bool> changing{false};
  FormerAction former{};  // guarded by the lock
};

Signal signals[kSignals];
std::mutex table_mutex;
// Whose table this is: a child made by fork(2) calls nothing of its parent.
std::atomic<pid_t> owner{0};
// The deliveries under way, by the context that the kernel made for each.
std::atomic<void*> deliveries[kDeliveries];

// ---- in the handler: atomics and calls of signal-safety(7) only --------------

enum class Begun { kAgain, kUntracked, kTracked };

// Whoever replaced our handler and calls on to it may be called on to by ours
// in turn, when it was put back: that is one delivery.
Begun BeginDelivery(void* context, std::atomic<void*>** place) {
  for (auto& delivery : deliveries) {
    if (delivery.load() == context) return Begun::kAgain;
  }
  for (auto& delivery : deliveries) {
    void* none = nullptr;
    if (delivery.compare_exchange_strong(none, context)) {
      *place = &delivery;
      return Begun::kTracked;
    }
  }
  return Begun::kUntracked;
}

bool Tell(int signal) {
  bool told = false;
  Watch* watch = signals[signal].watches.load();
  for (; watch != nullptr; watch = watch->next) {
    watch->writers.fetch_add(1);
    const int fd = watch->fd.load();
    if (fd >= 0) {
      const auto number = static_cast<unsigned char>(signal);
      // A full pipe holds so many that one more is as good.
      while (write(fd, &number, 1) < 0 && errno == EINTR) continue;
      told = true;
    }
    watch->writers.fetch_sub(1);
  }
  return told;
}

bool IsWatched(int signal) {
  Watch* watch = signals[signal].watches.load();
  while (watch != nullptr && watch->fd.load() < 0) watch = watch->next;
  return watch != nullptr;
}

void OnSignal(int signal, siginfo_t* info, void* context);

bool IsOurs(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) != 0 && action.sa_sigaction == OnSignal;
}

bool IsInstalled(int signal) {
  struct sigaction current;
  sigaction(signal, nullptr, &current);
  return IsOurs(current);
}

int Replace(int signal, struct sigaction* before) {
  struct sigaction action {};
  action.sa_sigaction = OnSignal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigfillset(&action.sa_mask);
  return sigaction(signal, &action, before) < 0 ? -errno : 0;
}

// Nobody watches: the signal does what it did before us. It may stop the
// process only, or do nothing, and somebody may watch it by then.
void TakeFormerAction(int signal, const struct sigaction& before) {
  sigaction(signal, &before, nullptr);
  raise(signal);
  sigset_t just_this;
  sigset_t mask;
  sigemptyset(&just_this);
  sigaddset(&just_this, signal);
  pthread_sigmask(SIG_UNBLOCK, &just_this, &mask);
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  if (IsWatched(signal)) Replace(signal, nullptr);
}

void CallOn(int signal, siginfo_t* info, void* context, bool told) {
  const Replaced* replaced = signals[signal].replaced.load();
  if (replaced == nullptr) return;
  const struct sigaction& before = replaced->action;
  // A one-shot handler is a way out, such as Node's, which resets the terminal
  // and raises the signal again: who watches a signal replaces that, like any
  // default action.
  const bool one_shot = (before.sa_flags & SA_RESETHAND) != 0;
  const bool siginfo = (before.sa_flags & SA_SIGINFO) != 0;
  if (one_shot || (!siginfo && before.sa_handler == SIG_DFL)) {
    // Called by who replaced us: the action is theirs to take.
    if (!told && IsInstalled(signal)) TakeFormerAction(signal, before);
  } else if (siginfo) {
    before.sa_sigaction(signal, info, context);
  } else if (before.sa_handler != SIG_IGN) {
    before.sa_handler(signal);
  }
}

void OnSignal(int signal, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  std::atomic<void*>* place = nullptr;
  if (BeginDelivery(context, &place) == Begun::kAgain) return;
  const bool at_home = getpid() == owner.load();
  // Never by this thread, which has blocked signals then.
  while (at_home && signals[signal].changing.load()) sched_yield();
  const bool told = at_home && Tell(signal);
  CallOn(signal, info, context, told);
  if (place != nullptr) place->store(nullptr);
  errno = saved_errno;
}

// ---- changes, under the lock, with all signals blocked in this thread --------

bool IsSame(const struct sigaction& a, const struct sigaction& b) {
  if (a.sa_flags != b.sa_flags) return false;
  return (a.sa_flags & SA_SIGINFO) != 0 ? a.sa_sigaction == b.sa_sigaction
                                        : a.sa_handler == b.sa_handler;
}

const Replaced* Keep(Signal* signal, const struct sigaction& action) {
  for (Replaced* known = signal->known; known != nullptr; known = known->next) {
    if (IsSame(known->action, action)) return known;
  }
  return signal->known = new Replaced{action, signal->known};
}

// A handler that runs in another thread meanwhile waits, so that it calls on to
// what was replaced, and to nothing older.
int Install(int number) {
  if (IsInstalled(number)) return 0;
  Signal& signal = signals[number];
  signal.changing.store(true);
  struct sigaction before;
  const int error = Replace(number, &before);
  // Somebody else may have put it back just now.
  if (error == 0 && !IsOurs(before)) {
    signal.replaced.store(Keep(&signal, before));
  }
  signal.changing.store(false);
  return error;
}

int WatchSignal(int number, int fd) {
  Signal& signal = signals[number];
  Watch* watch = signal.watches.load();
  while (watch != nullptr && watch->fd.load() >= 0) watch = watch->next;
  if (watch == nullptr) {
    watch = new (std::nothrow) Watch();
    if (watch == nullptr) return -ENOMEM;
    watch->next = signal.watches.load();
    signal.watches.store(watch);
  }
  // First the watch: a handler that finds none gives the signal its former
  // action, and looks for watches once more after that.
  watch->fd.store(fd);
  const int error = Install(number);
  if (error != 0) watch->fd.store(-1);
  return error;
}

// The handler stays: taking it away and finding that somebody else had just
// replaced it cannot be one step. With no watch it does what was done before.
void UnwatchSignal(int number, int fd) {
  Watch* watch = signals[number].watches.load();
  while (watch != nullptr && watch->fd.load() != fd) watch = watch->next;
  if (watch == nullptr) return;
  watch->fd.store(-1);
  // In a child by fork(2) there is no thread left that could end its write.
  if (getpid() != owner.load()) return;
  while (watch->writers.load() != 0) sched_yield();
}

int RenewSignal(int number) { return IsWatched(number) ? Install(number) : 0; }

FormerAction* Former(int number) { return &signals[number].former; }

void Lock() { table_mutex.lock(); }
void Unlock() { table_mutex.unlock(); }

}  // namespace

const SignalTable* OwnSignalTable() {
  static const SignalTable* const table = [] {
    static const SignalTable functions = {
        Lock, Unlock, WatchSignal, UnwatchSignal, RenewSignal, Former};
    owner.store(getpid());
    StayLoaded();
    pthread_atfork(Lock, Unlock, Unlock);
    return &functions;
  }();
  return table;
}

SignalLock::SignalLock() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &mask_);
  SharedSignalTable().lock();
}

SignalLock::~SignalLock() {
  SharedSignalTable().unlock();
  pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
}

int CheckSignal(int signal) {
  // The C library keeps some for itself: it takes them out of full sets.
  sigset_t all;
  sigfillset(&all);
  switch (signal) {
    case SIGKILL:
    case SIGSTOP:
    case SIGSEGV:
    case SIGBUS:
    case SIGFPE:
    case SIGILL:
      return -EINVAL;
    default:
      return sigismember(&all, signal) == 1 ? 0 : -EINVAL;
  }
}

}  // namespace rawloop
