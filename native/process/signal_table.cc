// The changes of the table, under its lock, with all signals blocked in this
// thread. What happens when a signal arrives is signal_delivery.cc.
#include "process/signal_table.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <new>

#include "os/realtime.h"
#include "os/stay_loaded.h"
#include "process/signal_delivery.h"
#include "process/signal_sharing.h"

namespace rawloop {
namespace {

std::mutex table_mutex;

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
  if (getpid() != table_owner.load()) return;
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
    table_owner.store(getpid());
    StayLoaded();
    pthread_atfork(Lock, Unlock, Unlock);
    return &functions;
  }();
  return table;
}

const SignalTable& SharedSignalTable() {
  static const SignalTable* const table = [] {
    const GetSignalTable get = FirstCopy();
    return get == nullptr ? OwnSignalTable() : get();
  }();
  return *table;
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
  if (signal >= NSIG && !IsRealtime(signal)) return -EINVAL;
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

const rawloop::SignalTable* rawloop_signal_table_1() {
  return rawloop::OwnSignalTable();
}
