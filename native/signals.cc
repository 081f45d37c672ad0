// Signals as readable descriptors: a handler writes the signal's number to the
// pipes that wait for it. The table is the only process-wide mutable state of
// the addon, as a signal's disposition is process-wide too. The handler calls
// on to the one that it replaced, so the host's own handlers keep working. See
// sigaction(2), signal-safety(7).
#include <dlfcn.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>

#include "args.h"
#include "environment.h"
#include "modules.h"

namespace rawloop {
namespace {

constexpr int kSignals = NSIG;
constexpr int kEntries = 64;
constexpr int kDeliveries = 64;

struct Entry {
  std::atomic<int> signal{0};  // 0: free
  std::atomic<int> fd{-1};
  const Environment* owner = nullptr;  // guarded by table_mutex
};

Entry entries[kEntries];
struct sigaction replaced[kSignals];
int watchers[kSignals];
std::mutex table_mutex;
std::atomic<int> handlers_running{0};
// The deliveries under way, by the context that the kernel made for each.
std::atomic<void*> deliveries[kDeliveries];

// A place for this delivery; null when it is here already, or there is none.
// The handler that we replaced may be that of another copy of this addon, which
// calls on to the one that it replaced: ours.
std::atomic<void*>* BeginDelivery(void* context) {
  for (auto& delivery : deliveries) {
    if (delivery.load() == context) return nullptr;
  }
  for (auto& delivery : deliveries) {
    void* none = nullptr;
    if (delivery.compare_exchange_strong(none, context)) return &delivery;
  }
  return nullptr;
}

void CallReplaced(int signal, siginfo_t* info, void* context) {
  const struct sigaction& before = replaced[signal];
  // A one-shot handler is Node's way out: it resets the terminal and raises the
  // signal again. Who watches a signal replaces that, like any default action.
  if ((before.sa_flags & SA_RESETHAND) != 0) return;
  if ((before.sa_flags & SA_SIGINFO) != 0) {
    before.sa_sigaction(signal, info, context);
  } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
    before.sa_handler(signal);
  }
}

// Async-signal-safe: atomics and write(2) only.
void OnSignal(int signal, siginfo_t* info, void* context) {
  int saved_errno = errno;
  std::atomic<void*>* delivery = BeginDelivery(context);
  if (delivery == nullptr) return;
  handlers_running.fetch_add(1);
  for (Entry& entry : entries) {
    if (entry.signal.load() != signal) continue;
    auto number = static_cast<unsigned char>(signal);
    // A full pipe holds this signal already, or so many that one more is as
    // good.
    [[maybe_unused]] ssize_t ignored = write(entry.fd.load(), &number, 1);
  }
  handlers_running.fetch_sub(1);
  CallReplaced(signal, info, context);
  delivery->store(nullptr);
  errno = saved_errno;
}

bool IsFault(int signal) {
  return signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE ||
         signal == SIGILL;
}

// Node unloads an addon with the last environment that loaded it, but whoever
// replaces the handler meanwhile may call on to it later.
void StayLoaded() {
  Dl_info self;
  if (dladdr(reinterpret_cast<void*>(OnSignal), &self) != 0) {
    dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
  }
}

int Install(int signal) {
  struct sigaction action {};
  action.sa_sigaction = OnSignal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigfillset(&action.sa_mask);
  if (sigaction(signal, &action, &replaced[signal]) < 0) return -errno;
  StayLoaded();
  return 0;
}

bool IsInstalled(int signal) {
  struct sigaction current {};
  sigaction(signal, nullptr, &current);
  return (current.sa_flags & SA_SIGINFO) != 0 &&
         current.sa_sigaction == OnSignal;
}

// Restores what was there, unless somebody replaced our handler meanwhile: then
// ours stays in the chain, where it finds no entry and calls on.
void Restore(int signal) {
  if (IsInstalled(signal)) sigaction(signal, &replaced[signal], nullptr);
}

// When it returns, no handler writes to the entry's descriptor any more.
void Release(Entry* entry) {
  int signal = entry->signal.exchange(0);
  if (--watchers[signal] == 0) Restore(signal);
  while (handlers_running.load() != 0) sched_yield();
}

bool ReadPair(const Args& args, int* signal, int* fd) {
  return args.Integer(0, "signal", signal, 1, kSignals - 1) &&
         args.Descriptor(1, fd);
}

// watchSignal(signal, fd): from now on each such signal writes its number, one
// byte, to the non-blocking descriptor. 0 or -errno (-EINVAL: a fault, SIGKILL
// or SIGSTOP; -ENOSPC: 64 are watched).
napi_value WatchSignal(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int signal;
  int fd;
  if (!ReadPair(args, &signal, &fd)) return nullptr;
  if (IsFault(signal)) return Int(env, -EINVAL);
  std::lock_guard<std::mutex> lock(table_mutex);
  for (Entry& entry : entries) {
    if (entry.signal.load() != 0) continue;
    entry.fd.store(fd);
    entry.owner = Environment::Get(env);
    entry.signal.store(signal);
    int error = watchers[signal] == 0 ? Install(signal) : 0;
    if (error == 0) {
      watchers[signal]++;
    } else {
      entry.signal.store(0);
    }
    return Int(env, error);
  }
  return Int(env, -ENOSPC);
}

// renewSignal(signal): puts the handler back that the host, which calls on to
// nobody, replaced when its own listeners changed. 0 or -errno.
napi_value RenewSignal(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int signal;
  if (!args.Integer(0, "signal", &signal, 1, kSignals - 1)) return nullptr;
  std::lock_guard<std::mutex> lock(table_mutex);
  bool gone = watchers[signal] != 0 && !IsInstalled(signal);
  return Int(env, gone ? Install(signal) : 0);
}

// unwatchSignal(signal, fd): 0, or -ENOENT. When it returns, no handler writes
// to the descriptor any more.
napi_value UnwatchSignal(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int signal;
  int fd;
  if (!ReadPair(args, &signal, &fd)) return nullptr;
  std::lock_guard<std::mutex> lock(table_mutex);
  for (Entry& entry : entries) {
    if (entry.signal.load() != signal || entry.fd.load() != fd) continue;
    Release(&entry);
    return Int(env, 0);
  }
  return Int(env, -ENOENT);
}

}  // namespace

void ForgetSignals(const Environment* environment) {
  std::lock_guard<std::mutex> lock(table_mutex);
  for (Entry& entry : entries) {
    if (entry.signal.load() != 0 && entry.owner == environment) Release(&entry);
  }
}

void RegisterSignals(napi_env env, napi_value exports) {
  const Function functions[] = {{"watchSignal", WatchSignal},
                                {"renewSignal", RenewSignal},
                                {"unwatchSignal", UnwatchSignal}};
  Export(env, exports, functions);
}

}  // namespace rawloop
