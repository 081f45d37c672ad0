// See the header. Ports come and go with the lock of signal_table.h.
#include "process/realtime_table.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <new>

#include "core/retried.h"
#include "os/opening.h"
#include "os/realtime.h"
#include "os/stay_loaded.h"
#include "process/raw_terminals.h"
#include "process/signal_sharing.h"
#include "process/signal_table.h"

namespace rawloop {
namespace {

constexpr int kPorts = 256;

struct Place {
  std::atomic<RealtimePort*> port{nullptr};
  std::atomic<int> tellers{0};  // handlers that may have read it
};

Place places[kPorts];
std::atomic<pid_t> owner{0};
// By index, guarded by the lock: how many ports watch each, and what it did
// before.
int watchers[kRealtimeSignals];
struct sigaction former[kRealtimeSignals];

uint64_t BitOf(int index) { return uint64_t{1} << index; }

bool TellAll(const RealtimeRecord& record) {
  bool told = false;
  for (Place& place : places) {
    place.tellers.fetch_add(1);
    RealtimePort* port = place.port.load();
    if (port != nullptr && port->Tell(record)) told = true;
    place.tellers.fetch_sub(1);
  }
  return told;
}

// By default, or by a way out that does something first, as ours of terminals.
bool EndsProcess(const struct sigaction& action) {
  return (action.sa_flags & static_cast<int>(SA_RESETHAND)) != 0 ||
         ((action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == SIG_DFL);
}

void OnSignal(int signal, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  // A child made by fork(2) has the pipe of its parent.
  const bool told =
      getpid() == owner.load() &&
      TellAll({signal, info->si_code, static_cast<int32_t>(info->si_pid),
               static_cast<int32_t>(info->si_uid), info->si_value.sival_int,
               0});
  const struct sigaction& before = former[RealtimeIndex(signal)];
  if (EndsProcess(before)) {
    // Where nobody watches any more: as this returns.
    if (!told) {
      sigaction(signal, &before, nullptr);
      raise(signal);
    }
  } else if ((before.sa_flags & SA_SIGINFO) != 0) {
    before.sa_sigaction(signal, info, context);
  } else if (before.sa_handler != SIG_IGN) {
    before.sa_handler(signal);
  }
  errno = saved_errno;
}

int Install(int signal) {
  const int index = RealtimeIndex(signal);
  if (watchers[index]++ > 0) return 0;
  StayLoaded();
  owner.store(getpid());
  struct sigaction now {};
  struct sigaction action {};
  action.sa_sigaction = OnSignal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigfillset(&action.sa_mask);
  if (sigaction(signal, nullptr, &now) == 0) {
    const bool is_ours =
        (now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == OnSignal;
    if (!is_ours) former[index] = now;
    if (sigaction(signal, &action, nullptr) == 0) return 0;
  }
  watchers[index]--;
  return -errno;
}

void Uninstall(int signal) {
  const int index = RealtimeIndex(signal);
  if (--watchers[index] > 0) return;
  struct sigaction now {};
  sigaction(signal, nullptr, &now);
  // Who stands above calls on to it as ever.
  if ((now.sa_flags & SA_SIGINFO) == 0 || now.sa_sigaction != OnSignal) return;
  sigaction(signal, &former[index], nullptr);
  GuardAgainLocked();
}

}  // namespace

int RealtimePort::Open() {
  records_.reset(new (std::nothrow) RealtimeRecord[kRealtimeRecords]);
  if (records_ == nullptr) return -ENOMEM;
  if (OpenPipe(ends_, O_NONBLOCK | O_CLOEXEC) < 0) return -errno;
  SignalLock lock;
  for (int place = 0; place < kPorts; place++) {
    if (places[place].port.load() != nullptr) continue;
    place_ = place;
    places[place].port.store(this);
    return 0;
  }
  return -EMFILE;
}

RealtimePort::~RealtimePort() {
  SignalLock lock;
  for (int signal = 1; signal < kSignalEnd; signal++) {
    if (IsWatched(signal)) Uninstall(signal);
  }
  if (place_ >= 0) {
    places[place_].port.store(nullptr);
    const bool at_home = getpid() == owner.load();
    while (at_home && places[place_].tellers.load() != 0) sched_yield();
  }
  for (int end : ends_) {
    if (end >= 0) close(end);
  }
}

bool RealtimePort::IsWatched(int signal) const {
  const int index = RealtimeIndex(signal);
  return index >= 0 && (watched_.load() & BitOf(index)) != 0;
}

int RealtimePort::Watch(int signal) {
  SignalLock lock;
  const uint64_t bit = BitOf(RealtimeIndex(signal));
  // First the watch, as it may come at once.
  watched_.fetch_or(bit);
  const int error = Install(signal);
  if (error != 0) watched_.fetch_and(~bit);
  return error;
}

void RealtimePort::Unwatch(int signal) {
  SignalLock lock;
  Uninstall(signal);
  watched_.fetch_and(~BitOf(RealtimeIndex(signal)));
}

bool RealtimePort::Tell(const RealtimeRecord& record) {
  if (!IsWatched(record.signal)) return false;
  while (busy_.test_and_set()) sched_yield();
  if (count_ == kRealtimeRecords) {
    lost_++;
  } else {
    RealtimeRecord* place = &records_[(first_ + count_) % kRealtimeRecords];
    *place = record;
    place->lost = lost_;
    lost_ = 0;
    if (count_++ == 0) Ring();
  }
  busy_.clear();
  return true;
}

size_t RealtimePort::Take(RealtimeRecord* out, size_t size) {
  SignalLock lock;
  while (busy_.test_and_set()) sched_yield();
  size_t taken = 0;
  for (; taken < size && count_ > 0; taken++, count_--) {
    out[taken] = records_[first_];
    first_ = (first_ + 1) % kRealtimeRecords;
  }
  if (count_ == 0) {
    uint8_t rings[16];
    Retried([&] { return read(ends_[0], rings, sizeof(rings)); });
  }
  busy_.clear();
  return taken;
}

void RealtimePort::Ring() const {
  const uint8_t ring = 0;
  Retried([&] { return write(ends_[1], &ring, 1); });
}

}  // namespace rawloop
