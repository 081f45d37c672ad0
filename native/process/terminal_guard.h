// The handlers' half of raw_terminals.h: terminals come back to their mode
// before a signal ends or stops the process. It looks at what raw_terminals.cc
// changes, in any thread and at any moment: atomics and calls of
// signal-safety(7) only, of which tcsetattr is one.
#ifndef RAWLOOP_PROCESS_TERMINAL_GUARD_H_
#define RAWLOOP_PROCESS_TERMINAL_GUARD_H_

#include <sys/types.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>

namespace rawloop {

// Terminals that may be raw at once.
constexpr int kRawTerminals = 32;

// A place for one. What stands in it is not changed while `fd` is there.
struct RawTerminal {
  std::atomic<int> fd{-1};        // our own; -1: free
  std::atomic<int> restorers{0};  // handlers that may have read fd
  int users = 0;                  // guarded by the lock, as is what follows
  dev_t device = 0;
  struct termios normal {};
  struct termios raw {};
};

extern RawTerminal raw_terminals[kRawTerminals];
// A child made by fork(2) leaves its parent's terminals alone.
extern std::atomic<pid_t> raw_terminals_owner;

// Calls use(fd, terminal) for each that is to be raw.
template <typename Use>
void ForEachRaw(Use use) {
  if (getpid() != raw_terminals_owner.load()) return;
  for (RawTerminal& terminal : raw_terminals) {
    terminal.restorers.fetch_add(1);
    const int fd = terminal.fd.load();
    if (fd >= 0) use(fd, terminal);
    terminal.restorers.fetch_sub(1);
  }
}

// All have the mode that they had; for a handler that blocks SIGTTOU.
void RestoreInHandler();
// But for those that another job has in the foreground.
void MakeRawAgain();

// With the lock held: our handlers stand where a signal has its default action,
// or a way out of the host's.
void GuardSignals();
// What they replaced is back.
void UnguardSignals();

}  // namespace rawloop

#endif  // RAWLOOP_PROCESS_TERMINAL_GUARD_H_
