// Signals for hosts whose own dispatcher cannot be asked: one handler for the
// process, which writes each signal, a byte, to the descriptors that watch it
// and calls on to the handler that it replaced. It stands apart from Node-API,
// so that a harness can drive it from threads. See sigaction(2),
// signal-safety(7).
//
// Several copies of the addon share the table of the first one that needed it,
// as each on its own could not tell whether the one before it still watches: a
// signal that nobody watches must have its default action, and one that
// somebody watches must not, in whatever order they came and go.
#ifndef RAWLOOP_PROCESS_SIGNAL_TABLE_H_
#define RAWLOOP_PROCESS_SIGNAL_TABLE_H_

#include <csignal>

namespace rawloop {

// What a signal did before the first watch that went through the host's libuv,
// which knows no other way back than the default action.
struct FormerAction {
  int watchers;
  bool kept;
  struct sigaction action;
};

// Part of the binary interface between copies of the addon: a change needs
// another name for the exported function.
struct SignalTable {
  // Held around every change; fork(2) waits for it.
  void (*lock)();
  void (*unlock)();
  // From now on each such signal writes its number, one byte, to `fd`, which
  // must not block. 0 or -errno.
  int (*watch)(int signal, int fd);
  // When it returns, no handler writes to `fd` any more.
  void (*unwatch)(int signal, int fd);
  // Puts the handler back that somebody replaced who calls on to nobody. 0 or
  // -errno.
  int (*renew)(int signal);
  FormerAction* (*former)(int signal);
};

// The table of this process, whichever copy has it. It is never unloaded.
const SignalTable& SharedSignalTable();

// The lock, with every signal blocked in this thread: a handler must not wait
// for what its own thread does.
class SignalLock {
 public:
  SignalLock();
  ~SignalLock();
  SignalLock(const SignalLock&) = delete;
  SignalLock& operator=(const SignalLock&) = delete;

 private:
  sigset_t mask_;
};

// 0, or -EINVAL for SIGKILL, SIGSTOP, faults, and what is no signal of a
// program's.
int CheckSignal(int signal);

}  // namespace rawloop

#endif  // RAWLOOP_PROCESS_SIGNAL_TABLE_H_
