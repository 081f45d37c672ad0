// One handler for all signals that end or stop a process. It is one-shot, as
// Node's own way out is: who watches the signal stands in its place, and
// signal_delivery.cc calls on to it as to a default action. See sigaction(2),
// tcsetattr(3), credentials(7) for jobs.
#include "process/terminal_guard.h"

#include <pthread.h>

#include <cerrno>
#include <csignal>

#include "os/ending_signals.h"
#include "os/realtime.h"
#include "process/raw_terminals.h"

namespace rawloop {

RawTerminal raw_terminals[kRawTerminals];
std::atomic<pid_t> raw_terminals_owner{0};

namespace {

constexpr int kStopping[] = {SIGTSTP, SIGTTIN, SIGTTOU};

struct sigaction former[kSignalEnd];

void OnSignal(int signal);

bool IsStopping(int signal) {
  for (int stopping : kStopping) {
    if (signal == stopping) return true;
  }
  return false;
}

struct sigaction OurAction() {
  struct sigaction action {};
  action.sa_handler = OnSignal;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_ONSTACK;
  // SIGTTOU as well, which would stop a job in the background.
  sigfillset(&action.sa_mask);
  return action;
}

// Raises a signal that this handler has blocked, and lets it through.
void RaiseNow(int signal) {
  raise(signal);
  sigset_t just_this;
  sigset_t mask;
  sigemptyset(&just_this);
  sigaddset(&just_this, signal);
  pthread_sigmask(SIG_UNBLOCK, &just_this, &mask);
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
}

void OnSignal(int signal) {
  const int saved_errno = errno;
  RestoreInHandler();
  sigaction(signal, &former[signal], nullptr);
  if (IsStopping(signal)) {
    RaiseNow(signal);
    // It goes on.
    const struct sigaction ours = OurAction();
    sigaction(signal, &ours, nullptr);
    MakeRawAgain();
  } else {
    // As this returns.
    raise(signal);
  }
  errno = saved_errno;
}

bool IsWayOut(const struct sigaction& action) {
  const bool one_shot = (action.sa_flags & static_cast<int>(SA_RESETHAND)) != 0;
  return one_shot ||
         ((action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == SIG_DFL);
}

void Guard(int signal) {
  struct sigaction now {};
  if (sigaction(signal, nullptr, &now) < 0) return;
  if (IsTerminalGuard(now) || !IsWayOut(now)) return;
  former[signal] = now;
  const struct sigaction ours = OurAction();
  sigaction(signal, &ours, nullptr);
}

void Unguard(int signal) {
  struct sigaction now {};
  if (sigaction(signal, nullptr, &now) < 0 || !IsTerminalGuard(now)) return;
  sigaction(signal, &former[signal], nullptr);
}

// A fault of a program's that nobody handles ends it as well. A number that is
// no signal here has no action to replace.
void ForEachGuarded(void (*use)(int signal)) {
  for (int signal = 1; signal < kSignalEnd; signal++) {
    if (EndsByDefault(signal) || IsStopping(signal)) use(signal);
  }
}

}  // namespace

bool IsTerminalGuard(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == OnSignal;
}

void RestoreInHandler() {
  ForEachRaw([](int fd, const RawTerminal& terminal) {
    tcsetattr(fd, TCSANOW, &terminal.normal);
  });
}

void MakeRawAgain() {
  const pid_t group = getpgrp();
  ForEachRaw([group](int fd, const RawTerminal& terminal) {
    const pid_t foreground = tcgetpgrp(fd);
    // Fails for a terminal that is not this session's: then there are no jobs.
    if (foreground >= 0 && foreground != group) return;
    tcsetattr(fd, TCSANOW, &terminal.raw);
  });
}

void GuardSignals() { ForEachGuarded(Guard); }

void UnguardSignals() { ForEachGuarded(Unguard); }

}  // namespace rawloop
