#include "process/signal_table.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <new>

#include "process/signal_sharing.h"

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

// What our handler replaced, and what it had replaced before when it was put
// back. Kept for ever, once for each there was.
struct Replaced {
  struct sigaction action;
  const Replaced* older;
  Replaced* next;  // known to the same signal
};

// A signal that is being handled, by the context that the kernel made for it.
struct Delivery {
  std::atomic<void*> context{nullptr};
  const Replaced* next = nullptr;  // to call on to
  bool told = false;
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
Delivery deliveries[kDeliveries];
// All zero: the default action, above nothing.
const Replaced by_default{};

// ---- in the handler: atomics and calls of signal-safety(7) only
// --------------

// Whoever replaced our handler and calls on to it is called on to by ours in
// turn, when it was put back: that is one delivery.
Delivery* FindDelivery(void* context) {
  for (Delivery& delivery : deliveries) {
    if (delivery.context.load() == context) return &delivery;
  }
  return nullptr;
}

Delivery* NewDelivery(void* context) {
  for (Delivery& delivery : deliveries) {
    void* none = nullptr;
    if (delivery.context.compare_exchange_strong(none, context)) {
      return &delivery;
    }
  }
  return nullptr;
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

bool HasSiginfo(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) != 0;
}

void* HandlerOf(const struct sigaction& action) {
  return HasSiginfo(action) ? reinterpret_cast<void*>(action.sa_sigaction)
                            : reinterpret_cast<void*>(action.sa_handler);
}

struct sigaction ActionOf(int signal) {
  struct sigaction action {};
  sigaction(signal, nullptr, &action);
  return action;
}

bool IsOurs(const struct sigaction& action) {
  return HandlerOf(action) == reinterpret_cast<void*>(OnSignal);
}

bool IsDefault(const struct sigaction& action) {
  return !HasSiginfo(action) && action.sa_handler == SIG_DFL;
}

// Bun 1.4, when the last listener ends, sets the default action; if it finds
// that it replaced another handler than its own it puts that back, as one
// without siginfo. Then there is nobody below us.
bool IsPutBackByHost(const struct sigaction& action) {
  return IsOurs(action) && !HasSiginfo(action);
}

int Replace(int signal, struct sigaction* before) {
  struct sigaction action {};
  action.sa_sigaction = OnSignal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigfillset(&action.sa_mask);
  return sigaction(signal, &action, before) < 0 ? -errno : 0;
}

bool DoesNothingByDefault(int signal) {
  return signal == SIGCHLD || signal == SIGCONT || signal == SIGURG ||
         signal == SIGWINCH;
}

// Nobody watches: the signal does what it did before us. It may stop the
// process only, and somebody may watch it when that goes on.
void TakeFormerAction(int signal, const struct sigaction& before) {
  if (IsDefault(before) && DoesNothingByDefault(signal)) return;
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

// To the newest, and from there, if that one calls us, to the one before.
void CallOn(int signal, siginfo_t* info, void* context, Delivery* delivery) {
  const Replaced* replaced = delivery->next;
  if (replaced == nullptr) return;
  delivery->next = replaced->older;
  const struct sigaction& before = replaced->action;
  // A one-shot handler is a way out, such as Node's, which resets the terminal
  // and raises the signal again: who watches a signal replaces that, like any
  // default action.
  const bool one_shot = (before.sa_flags & SA_RESETHAND) != 0;
  if (one_shot || IsDefault(before)) {
    // If it is somebody else's by now, so is the action.
    if (!delivery->told && IsOurs(ActionOf(signal))) {
      TakeFormerAction(signal, before);
    }
  } else if (HasSiginfo(before)) {
    before.sa_sigaction(signal, info, context);
  } else if (before.sa_handler != SIG_IGN) {
    before.sa_handler(signal);
  }
}

void OnSignal(int signal, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  const bool alone = IsPutBackByHost(ActionOf(signal));
  // The context is only there with siginfo.
  Delivery* again = alone ? nullptr : FindDelivery(context);
  if (again != nullptr) {
    CallOn(signal, info, context, again);
    errno = saved_errno;
    return;
  }
  Delivery untracked;
  Delivery* place = alone ? nullptr : NewDelivery(context);
  Delivery* delivery = place == nullptr ? &untracked : place;
  const bool at_home = getpid() == owner.load();
  // Never by this thread, which has blocked signals then.
  while (at_home && signals[signal].changing.load()) sched_yield();
  delivery->next = alone ? &by_default : signals[signal].replaced.load();
  delivery->told = at_home && Tell(signal);
  CallOn(signal, info, context, delivery);
  if (place != nullptr) place->context.store(nullptr);
  errno = saved_errno;
}

// ---- changes, under the lock, with all signals blocked in this thread
// --------

bool IsSame(const struct sigaction& a, const struct sigaction& b) {
  return a.sa_flags == b.sa_flags && HandlerOf(a) == HandlerOf(b);
}

// What came back is replaced once: whoever stood before it is gone.
const Replaced* Keep(Signal* signal, const struct sigaction& action) {
  const Replaced* now = signal->replaced.load();
  for (const Replaced* one = now; one != nullptr; one = one->older) {
    if (IsSame(one->action, action)) return one;
  }
  for (Replaced* one = signal->known; one != nullptr; one = one->next) {
    if (one->older == now && IsSame(one->action, action)) return one;
  }
  return signal->known = new Replaced{action, now, signal->known};
}

// A handler that runs in another thread meanwhile waits, so that it calls on to
// what was replaced, and to nothing older.
int Install(int number) {
  struct sigaction now {};
  if (sigaction(number, nullptr, &now) < 0) return -errno;
  if (IsOurs(now) && HasSiginfo(now)) return 0;
  Signal& signal = signals[number];
  signal.changing.store(true);
  struct sigaction before;
  const int error = Replace(number, &before);
  if (error == 0 && IsPutBackByHost(before)) {
    signal.replaced.store(&by_default);
  } else if (error == 0 && !IsOurs(before)) {
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
