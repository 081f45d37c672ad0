// The handler's half of the signal table: what a signal does when it arrives.
// It looks at what signal_table.cc changes, in any thread and at any moment:
// atomics and calls of signal-safety(7) only.
#ifndef RAWLOOP_PROCESS_SIGNAL_DELIVERY_H_
#define RAWLOOP_PROCESS_SIGNAL_DELIVERY_H_

#include <sys/types.h>

#include <atomic>
#include <csignal>

#include "process/signal_table.h"

namespace rawloop {

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

struct Signal {
  std::atomic<Watch*> watches{nullptr};
  std::atomic<const Replaced*> replaced{nullptr};
  Replaced* known = nullptr;  // guarded by the lock
  // A thread is between replacing an action and telling which it was.
  std::atomic<bool> changing{false};
  FormerAction former{};  // guarded by the lock
};

extern Signal signals[NSIG];
// Whose table this is: a child made by fork(2) calls nothing of its parent.
extern std::atomic<pid_t> table_owner;
// All zero: the default action, above nothing.
extern const Replaced by_default;

bool IsWatched(int signal);

bool HasSiginfo(const struct sigaction& action);
void* HandlerOf(const struct sigaction& action);
bool IsOurs(const struct sigaction& action);

// Bun 1.4, when the last listener ends, sets the default action; if it finds
// that it replaced another handler than its own it puts that back, as one
// without siginfo. Then there is nobody below us.
bool IsPutBackByHost(const struct sigaction& action);

// Makes ours the handler, and fills in what it was before. 0 or -errno.
int Replace(int signal, struct sigaction* before);

}  // namespace rawloop

#endif  // RAWLOOP_PROCESS_SIGNAL_DELIVERY_H_
