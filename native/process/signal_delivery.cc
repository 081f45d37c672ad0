#include "process/signal_delivery.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>

#include "process/terminal_guard.h"

namespace rawloop {

Signal signals[NSIG];
std::atomic<pid_t> table_owner{0};
const Replaced by_default{};

namespace {

constexpr int kDeliveries = 64;

// A signal that is being handled, by the context that the kernel made for it.
struct Delivery {
  std::atomic<void*> context{nullptr};
  const Replaced* next = nullptr;  // to call on to
  bool told = false;
};

Delivery deliveries[kDeliveries];

struct sigaction ActionOf(int signal) {
  struct sigaction action {};
  sigaction(signal, nullptr, &action);
  return action;
}

bool IsDefault(const struct sigaction& action) {
  return !HasSiginfo(action) && action.sa_handler == SIG_DFL;
}

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

bool DoesNothingByDefault(int signal) {
  return signal == SIGCHLD || signal == SIGCONT || signal == SIGURG ||
         signal == SIGWINCH;
}

// Nobody watches: the signal does what it did before us. It may stop the
// process only, and somebody may watch it when that goes on.
void TakeFormerAction(int signal, const struct sigaction& before) {
  if (IsDefault(before) && DoesNothingByDefault(signal)) return;
  RestoreInHandler();
  sigaction(signal, &before, nullptr);
  raise(signal);
  sigset_t just_this;
  sigset_t mask;
  sigemptyset(&just_this);
  sigaddset(&just_this, signal);
  pthread_sigmask(SIG_UNBLOCK, &just_this, &mask);
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  MakeRawAgain();
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
  const bool at_home = getpid() == table_owner.load();
  // Never by this thread, which has blocked signals then.
  while (at_home && signals[signal].changing.load()) sched_yield();
  delivery->next = alone ? &by_default : signals[signal].replaced.load();
  delivery->told = at_home && Tell(signal);
  CallOn(signal, info, context, delivery);
  if (place != nullptr) place->context.store(nullptr);
  errno = saved_errno;
}

}  // namespace

bool IsWatched(int signal) {
  Watch* watch = signals[signal].watches.load();
  while (watch != nullptr && watch->fd.load() < 0) watch = watch->next;
  return watch != nullptr;
}

bool HasSiginfo(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) != 0;
}

void* HandlerOf(const struct sigaction& action) {
  return HasSiginfo(action) ? reinterpret_cast<void*>(action.sa_sigaction)
                            : reinterpret_cast<void*>(action.sa_handler);
}

bool IsOurs(const struct sigaction& action) {
  return HandlerOf(action) == reinterpret_cast<void*>(OnSignal);
}

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

}  // namespace rawloop
