// Signals on a host without libuv: our handler (signal_table.cc) writes each to
// a pipe. See pipe(7).
#include <fcntl.h>
#include <unistd.h>

#include <bitset>
#include <cerrno>
#include <csignal>
#include <new>

#include "core/retried.h"
#include "os/opening.h"
#include "process/signal_table.h"
#include "process/signals.h"

namespace rawloop {
namespace {

class HandlerSignals : public SignalPort {
 public:
  ~HandlerSignals() override {
    for (int signal = 1; signal < NSIG; signal++) {
      if (watched_[signal]) Unwatch(signal);
    }
    for (int end : ends_) {
      if (end >= 0) close(end);
    }
  }

  int Open() {
    return OpenPipe(ends_, O_NONBLOCK | O_CLOEXEC) < 0 ? -errno : 0;
  }

  int fd() const override { return ends_[0]; }

  int Watch(int signal) override {
    SignalLock lock;
    const int error = SharedSignalTable().watch(signal, ends_[1]);
    if (error == 0) watched_.set(signal);
    return error;
  }

  void Unwatch(int signal) override {
    SignalLock lock;
    watched_.reset(signal);
    SharedSignalTable().unwatch(signal, ends_[1]);
  }

  int Renew(int signal) override {
    SignalLock lock;
    return SharedSignalTable().renew(signal);
  }

  size_t Take(uint8_t* out, size_t size) override {
    ssize_t bytes = Retried([&] { return read(ends_[0], out, size); });
    return bytes < 0 ? 0 : static_cast<size_t>(bytes);
  }

 private:
  int ends_[2] = {-1, -1};
  std::bitset<NSIG> watched_;
};

}  // namespace

SignalPort* OpenHandlerSignals(int* error) {
  auto* port = new (std::nothrow) HandlerSignals();
  *error = port == nullptr ? -ENOMEM : port->Open();
  if (*error == 0) return port;
  delete port;
  return nullptr;
}

}  // namespace rawloop
