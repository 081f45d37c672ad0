// Signals on a host with libuv: libuv dispatches, so that the host's listeners
// and ours hear, in any order of coming and going and in any thread. Each port
// is a private loop with a uv_signal handle for each signal; its backend's
// descriptor is what the poller watches, and nothing ever waits in it. libuv is
// found at run time: see host_loop_libuv.cc.
//
// libuv knows no way back but the default action. What a signal did before is
// put back here: a program must not die of SIGPIPE because it was watched for a
// while. And a child made by fork(2) shares the pipe of its parent's loop: what
// the child gets would be told in the parent, so the child's is another one.
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <vector>

#include "os/opening.h"
#include "os/stay_loaded.h"
#include "process/raw_terminals.h"
#include "process/signal_sharing.h"
#include "process/signal_table.h"
#include "process/signals.h"
#include "process/signals_libuv_calls.h"

namespace rawloop {
namespace {

// What is trapped in the pipe for a handle keeps it from being closed at once.
constexpr int kRunsToClose = 64;
// Twice as many descriptors: a backend (and a ring), an event, a pipe.
constexpr int kPipes = 3;

struct sigaction ActionOf(int signal) {
  struct sigaction action {};
  sigaction(signal, nullptr, &action);
  return action;
}

// libuv 1.46 (Node 20) leaves the backend open when it finds no descriptor for
// the rest of a loop: as many as it needs must be there before it is asked.
int CheckDescriptors() {
  int error = 0;
  int ends[kPipes][2];
  int opened = 0;
  for (; opened < kPipes; opened++) {
    if (OpenPipe(ends[opened], O_CLOEXEC) == 0) continue;
    error = -errno;
    break;
  }
  while (opened-- > 0) {
    close(ends[opened][0]);
    close(ends[opened][1]);
  }
  return error;
}

bool IsDefault(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == SIG_DFL;
}

// A one-shot handler is Node's way out, or that of raw terminals, which are
// guarded anew.
bool IsAsGoodAsDefault(const struct sigaction& action) {
  return IsDefault(action) || (action.sa_flags & SA_RESETHAND) != 0;
}

bool IsSameHandler(const struct sigaction& a, const struct sigaction& b) {
  return (a.sa_flags & SA_SIGINFO) != 0 ? a.sa_sigaction == b.sa_sigaction
                                        : a.sa_handler == b.sa_handler;
}

// All that it does it does under the lock: fork(2) finds no loop in between.
class LibuvSignals : public SignalPort {
 public:
  explicit LibuvSignals(const Libuv& uv) : uv_(uv), handles_(NSIG) {}

  ~LibuvSignals() override {
    SignalLock lock;
    if (loop_ == nullptr) return;
    for (int signal = 1; signal < NSIG; signal++) Stop(signal);
    for (int runs = kRunsToClose; closing_ > 0 && runs > 0; runs--) Run();
    Unlink();
    // A loop that will not close is not freed: libuv may lead to it.
    if (uv_.loop_close(loop_) == 0) free(loop_);
  }

  int Open() {
    SignalLock lock;
    int error = CheckDescriptors();
    if (error != 0) return error;
    auto* loop = static_cast<UvLoop*>(calloc(1, uv_.loop_size()));
    if (loop == nullptr) return -ENOMEM;
    error = uv_.loop_init(loop);
    if (error != 0) {
      free(loop);
      return error;
    }
    loop_ = loop;
    Link();
    return 0;
  }

  int fd() const override { return uv_.backend_fd(loop_); }

  int Watch(int signal) override {
    SignalLock lock;
    struct sigaction before {};
    if (sigaction(signal, nullptr, &before) < 0) return -errno;
    UvHandle* handle = NewHandle();
    if (handle == nullptr) return -ENOMEM;
    int error = uv_.signal_init(loop_, handle);
    if (error != 0) {
      free(handle);
      return error;
    }
    handle->data = this;
    error = uv_.signal_start(handle, OnSignal, signal);
    if (error == 0) {
      error = NoteFormer(signal, before);
      if (error == 0) {
        handles_[signal] = handle;
        return 0;
      }
      uv_.signal_stop(handle);
      if (!IsAsGoodAsDefault(before)) PutBack(handle, signal, before);
    }
    Close(handle);
    return error;
  }

  void Unwatch(int signal) override {
    SignalLock lock;
    Stop(signal);
    for (int runs = kRunsToClose; closing_ > 0 && runs > 0; runs--) Run();
  }

  // Nobody takes it from libuv.
  int Renew(int) override { return 0; }

  size_t Take(uint8_t* out, size_t size) override {
    if (taken_ == came_.size()) {
      came_.clear();
      taken_ = 0;
      SignalLock lock;
      Run();
    }
    size_t count = 0;
    while (count < size && taken_ < came_.size())
      out[count++] = came_[taken_++];
    return count;
  }

  // ---- around fork(2), see WatchForks
  // ----------------------------------------

  // In the child: pipes and a backend of its own, for nobody to read.
  static void ForkAll() {
    for (LibuvSignals* port = first; port != nullptr; port = port->next_) {
      port->uv_.loop_fork(port->loop_);
    }
  }

 private:
  // Also tells the backend of what was started. Signals of this thread are
  // blocked: none can come in between for ever.
  void Run() { uv_.run(loop_, kUvRunNowait); }

  UvHandle* NewHandle() {
    return static_cast<UvHandle*>(calloc(1, uv_.handle_size(kUvSignal)));
  }

  static void OnSignal(UvHandle* handle, int signal) {
    auto* self = static_cast<LibuvSignals*>(handle->data);
    self->came_.push_back(static_cast<uint8_t>(signal));
  }

  void Stop(int signal) {
    UvHandle* handle = handles_[signal];
    if (handle == nullptr) return;
    handles_[signal] = nullptr;
    uv_.signal_stop(handle);
    FormerAction* former = SharedSignalTable().former(signal);
    if (--former->watchers == 0 && former->kept) {
      PutBack(handle, signal, former->action);
    }
    GuardAgainLocked();
    Close(handle);
  }

  void Close(UvHandle* handle) {
    closing_++;
    uv_.close(handle, [](UvHandle* closed) {
      static_cast<LibuvSignals*>(closed->data)->closing_--;
      free(closed);
    });
  }

  // A handler that was libuv's already means that somebody else watches. 0 or
  // -errno.
  static int NoteFormer(int signal, const struct sigaction& before) {
    FormerAction* former = SharedSignalTable().former(signal);
    if (former->watchers == 0) {
      struct sigaction now {};
      if (sigaction(signal, nullptr, &now) < 0) return -errno;
      former->kept = !IsAsGoodAsDefault(before) && !IsSameHandler(before, now);
      former->action = before;
    }
    former->watchers++;
    return 0;
  }

  // Only what libuv left at the default: then nobody in this process watches.
  // If a thread of the host's began to in the very moment, its handler is put
  // back, and one more start and stop leave it as libuv's list of watches says.
  // It cannot be refused: libuv has just set the default by the same call, and
  // aborts where that is.
  void PutBack(UvHandle* handle, int signal, const struct sigaction& action) {
    if (!IsDefault(ActionOf(signal))) return;
    struct sigaction found;
    sigaction(signal, &action, &found);
    if (IsDefault(found)) return;
    sigaction(signal, &found, nullptr);
    uv_.signal_start(handle, OnSignal, signal);
    uv_.signal_stop(handle);
  }

  void Link() {
    previous_ = nullptr;
    next_ = first;
    if (next_ != nullptr) next_->previous_ = this;
    first = this;
  }

  void Unlink() {
    (previous_ == nullptr ? first : previous_->next_) = next_;
    if (next_ != nullptr) next_->previous_ = previous_;
  }

  static LibuvSignals* first;  // guarded by the lock, as is all that follows

  const Libuv uv_;
  UvLoop* loop_ = nullptr;
  std::vector<UvHandle*> handles_;  // by signal
  int closing_ = 0;
  std::vector<uint8_t> came_;  // from taken_ on they are to be taken
  size_t taken_ = 0;
  LibuvSignals* previous_ = nullptr;
  LibuvSignals* next_ = nullptr;
};

LibuvSignals* LibuvSignals::first = nullptr;

// After the table's own handlers of fork(2): these run with the lock held, and
// in the child after it was given back.
void WatchForks() {
  static const bool watched = [] {
    SharedSignalTable();
    StayLoaded();
    return pthread_atfork(nullptr, nullptr, LibuvSignals::ForkAll) == 0;
  }();
  static_cast<void>(watched);
}

}  // namespace

SignalPort* OpenLibuvSignals(int* error) {
  Libuv uv;
  *error = 0;
  if (!uv.Find()) return nullptr;
  WatchForks();
  auto port = std::make_unique<LibuvSignals>(uv);
  *error = port->Open();
  return *error == 0 ? port.release() : nullptr;
}

}  // namespace rawloop
