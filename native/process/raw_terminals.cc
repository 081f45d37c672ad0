// The table. What happens when a signal arrives is terminal_guard.cc.
#include "process/raw_terminals.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "core/retried.h"
#include "os/stay_loaded.h"
#include "os/terminal_device.h"
#include "process/signal_sharing.h"
#include "process/signal_table.h"
#include "process/terminal_guard.h"

namespace rawloop {

namespace {

// As libuv and Node have it: bytes as they are typed, without echo and without
// signals; output as before, with a carriage return for each new line.
struct termios RawOf(struct termios modes) {
  modes.c_iflag &=
      ~static_cast<tcflag_t>(BRKINT | ICRNL | INPCK | ISTRIP | IXON);
  modes.c_oflag |= ONLCR;
  modes.c_cflag |= CS8;
  modes.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | IEXTEN | ISIG);
  modes.c_cc[VMIN] = 1;
  modes.c_cc[VTIME] = 0;
  return modes;
}

// Of another process that is not stopped by it: SIGTTOU is blocked by the lock.
int SetModes(int fd, const struct termios& modes) {
  return Retried([&] { return tcsetattr(fd, TCSANOW, &modes); });
}

// Once for the process, with the lock held.
void Begin() {
  static const bool begun = [] {
    StayLoaded();
    return atexit(RestoreTerminals) == 0;
  }();
  static_cast<void>(begun);
  raw_terminals_owner.store(getpid());
}

int FindPlace(dev_t device) {
  for (int place = 0; place < kRawTerminals; place++) {
    const RawTerminal& terminal = raw_terminals[place];
    if (terminal.users > 0 && terminal.device == device) return place;
  }
  return -1;
}

int FreePlace() {
  for (int place = 0; place < kRawTerminals; place++) {
    if (raw_terminals[place].users == 0) return place;
  }
  return -1;
}

bool IsAnyRaw() {
  for (const RawTerminal& terminal : raw_terminals) {
    if (terminal.users > 0) return true;
  }
  return false;
}

// 0 or -errno.
int Take(RawTerminal* terminal, int fd, dev_t device) {
  struct termios modes {};
  if (tcgetattr(fd, &modes) < 0) return -errno;
  const int own = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (own < 0) return -errno;
  terminal->device = device;
  terminal->normal = modes;
  terminal->raw = RawOf(modes);
  terminal->users = 1;
  // Before the mode: from here on a signal finds it.
  terminal->fd.store(own);
  GuardSignals();
  return 0;
}

void Drop(RawTerminal* terminal) {
  const int fd = terminal->fd.load();
  terminal->fd.store(-1);
  // A handler in another thread may have read it.
  while (terminal->restorers.load() != 0) sched_yield();
  SetModes(fd, terminal->normal);
  close(fd);
  terminal->users = 0;
  if (!IsAnyRaw()) UnguardSignals();
}

}  // namespace

int EnterRawMode(int fd) {
  // First, and with signals as they are: a job in the background that changes
  // its terminal is stopped by SIGTTOU, as any other.
  struct termios modes {};
  if (tcgetattr(fd, &modes) < 0) return -errno;
  if (Retried([&] { return tcsetattr(fd, TCSANOW, &modes); }) < 0) {
    return -errno;
  }
  SignalLock lock;
  Begin();
  dev_t device;
  const int error = TerminalDevice(fd, &device);
  if (error != 0) return error;
  int place = FindPlace(device);
  if (place >= 0) {
    raw_terminals[place].users++;
    return place;
  }
  place = FreePlace();
  if (place < 0) return -EMFILE;
  RawTerminal* terminal = &raw_terminals[place];
  int result = Take(terminal, fd, device);
  if (result < 0) return result;
  if (SetModes(fd, terminal->raw) == 0) return place;
  result = -errno;
  Drop(terminal);
  return result;
}

void LeaveRawMode(int place) {
  SignalLock lock;
  RawTerminal* terminal = &raw_terminals[place];
  if (terminal->users > 1) {
    terminal->users--;
  } else if (getpid() == raw_terminals_owner.load()) {
    Drop(terminal);
  }
}

void RestoreTerminals() {
  SignalLock lock;
  RestoreInHandler();
}

void RenewRawModes() {
  SignalLock lock;
  MakeRawAgain();
}

void GuardAgain() {
  SignalLock lock;
  GuardAgainLocked();
}

void GuardAgainLocked() {
  if (IsAnyRaw()) GuardSignals();
}

}  // namespace rawloop
