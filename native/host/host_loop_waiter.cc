// Guest mode on a host whose loop cannot be reached (Bun): a thread polls the
// poller's descriptor and wakes JavaScript with a thread-safe function. It
// waits for one turn to end before it polls again, so there is never more than
// one wake-up under way. See poll(2).
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <ctime>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

#include "core/unique_fd.h"
#include "host/host_loop.h"
#include "os/opening.h"
#include "os/thread_name.h"

namespace rawloop {
namespace {

constexpr int64_t kNever = -1;
constexpr int kPauseMs = 10;

int64_t NowMs() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  // Rounded up: a deadline counted from here is never early.
  return now.tv_sec * int64_t{1000} + (now.tv_nsec + 999999) / 1000000;
}

class WaiterAttachment : public HostAttachment {
 public:
  static WaiterAttachment* Create(napi_env env, UniqueFd fd, napi_value turn,
                                  int* error) {
    *error = -ENOMEM;
    auto* self = new (std::nothrow) WaiterAttachment(env, std::move(fd));
    if (self == nullptr) return nullptr;
    *error = self->Open(turn);
    if (*error == 0) return self;
    // The function's finalizer deletes it, where there is one.
    if (self->wake_ == nullptr) {
      delete self;
    } else {
      self->turn_.reset();
      self->CloseDescriptors();
      napi_release_threadsafe_function(self->wake_, napi_tsfn_abort);
    }
    return nullptr;
  }

  void Arm(int64_t timeout_ms) override {
    std::lock_guard<std::mutex> lock(mutex_);
    deadline_ms_ = timeout_ms < 0 ? kNever : NowMs() + timeout_ms;
    Interrupt();
  }

  void SetRef(bool ref) override {
    (ref ? napi_ref_threadsafe_function : napi_unref_threadsafe_function)(
        env_, wake_);
  }

  // A thread-safe function is called again and again, up to a thousand times,
  // before the host gets on with its own work.
  bool Hold() override {
    std::lock_guard<std::mutex> lock(mutex_);
    held_ = true;
    return true;
  }

  void LetGo() override {
    std::lock_guard<std::mutex> lock(mutex_);
    held_ = false;
    may_wait_.notify_one();
  }

  void Rest() override {
    std::lock_guard<std::mutex> lock(mutex_);
    resting_ = true;
    deadline_ms_ = kNever;
  }

  void GoOn() override {
    std::lock_guard<std::mutex> lock(mutex_);
    resting_ = false;
    may_wait_.notify_one();
  }

  void Close() override {
    napi_remove_env_cleanup_hook(env_, OnCleanup, this);
    Shut();
  }

 private:
  WaiterAttachment(napi_env env, UniqueFd fd) : env_(env), fd_(std::move(fd)) {}

  void CloseDescriptors() {
    fd_.Reset();
    interrupt_read_.Reset();
    interrupt_write_.Reset();
  }

  int Open(napi_value turn) {
    int ends[2];
    if (OpenPipe(ends, O_NONBLOCK) < 0) return -errno;
    interrupt_read_.Reset(ends[0]);
    interrupt_write_.Reset(ends[1]);
    try {
      turn_ = std::make_shared<Turn>(env_, turn);
    } catch (const std::bad_alloc&) {
      return -ENOMEM;
    }
    napi_value name;
    napi_create_string_utf8(env_, "rawloop", NAPI_AUTO_LENGTH, &name);
    if (napi_create_threadsafe_function(env_, nullptr, nullptr, name, 0, 1,
                                        this, OnReleased, this, OnWake,
                                        &wake_) != napi_ok) {
      return -ENOMEM;
    }
    int error = StartThread();
    if (error != 0) return -error;
    // Added after the function's own hook, so it runs before that one.
    napi_add_env_cleanup_hook(env_, OnCleanup, this);
    return 0;
  }

  // 0 or an errno. No signal of the host is ever delivered to the thread.
  int StartThread() {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&thread_, nullptr, Run, this);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return error;
  }

  static void* Run(void* self) {
    NameThread("rawloop-waiter");
    static_cast<WaiterAttachment*>(self)->Wait();
    return nullptr;
  }

  static void OnCleanup(void* data) {
    static_cast<WaiterAttachment*>(data)->Shut();
  }

  // Ends the thread, then lets the host release the function, whose finalizer
  // deletes this.
  void Shut() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (stop_) return;
      stop_ = true;
      Interrupt();
    }
    may_wait_.notify_one();
    pthread_join(thread_, nullptr);
    // Now, as Deno calls no finalizer for a Worker that ends.
    CloseDescriptors();
    if (turn_) turn_->Close();
    turn_.reset();
    napi_release_threadsafe_function(wake_, napi_tsfn_abort);
  }

  static void OnReleased(napi_env, void* data, void*) {
    delete static_cast<WaiterAttachment*>(data);
  }

  static void OnWake(napi_env env, napi_value, void* data, void*) {
    if (env == nullptr) return;  // the function was aborted meanwhile
    auto* self = static_cast<WaiterAttachment*>(data);
    std::shared_ptr<Turn> turn = self->turn_;
    if (!turn) return;
    turn->Run(self->TakeDue());
    if (turn->closed()) return;  // `self` is perhaps deleted by now
    std::lock_guard<std::mutex> lock(self->mutex_);
    self->waiting_ = true;
    self->may_wait_.notify_one();
  }

  // Whether it was the deadline that woke JavaScript.
  bool TakeDue() {
    std::lock_guard<std::mutex> lock(mutex_);
    bool due = due_;
    due_ = false;
    return due;
  }

  // A full pipe is as good as one more byte.
  void Interrupt() {
    char byte = 0;
    while (write(interrupt_write_.get(), &byte, 1) < 0 && errno == EINTR) {
    }
  }

  void DrainInterrupts() {
    char bytes[64];
    ssize_t count;
    do {
      count = read(interrupt_read_.get(), bytes, sizeof(bytes));
    } while (count > 0 || (count < 0 && errno == EINTR));
  }

  // Milliseconds until the deadline, for poll(2).
  int Timeout() const {
    if (deadline_ms_ == kNever) return -1;
    int64_t left = deadline_ms_ - NowMs() + 1;
    constexpr int64_t kMax = 0x7fffffff;
    return static_cast<int>(left < 0 ? 0 : left > kMax ? kMax : left);
  }

  bool Expired() const {
    return deadline_ms_ != kNever && NowMs() >= deadline_ms_;
  }

  bool CanWait() const { return waiting_ && !held_ && !resting_; }

  void Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      may_wait_.wait(lock, [this] { return CanWait() || stop_; });
      if (stop_) return;
      pollfd set[2] = {{fd_.get(), POLLIN, 0},
                       {interrupt_read_.get(), POLLIN, 0}};
      int timeout_ms = Timeout();
      lock.unlock();
      int count = poll(set, 2, timeout_ms);
      // No memory, or a descriptor limit below 2: not again at once.
      if (count < 0 && errno != EINTR) Pause();
      lock.lock();
      if (stop_) return;
      if (count > 0 && set[1].revents != 0) DrainInterrupts();
      bool ready = count > 0 && set[0].revents != 0;
      if (!ready && !Expired()) continue;
      due_ = Expired();
      if (due_) deadline_ms_ = kNever;
      waiting_ = false;
      napi_status status =
          napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
      // Refused for want of memory: what is ready still is at the next look.
      if (status == napi_ok || status == napi_closing) continue;
      waiting_ = true;
      if (due_) deadline_ms_ = NowMs();
      lock.unlock();
      Pause();
      lock.lock();
    }
  }

  static void Pause() { poll(nullptr, 0, kPauseMs); }

  napi_env env_;
  UniqueFd fd_;
  UniqueFd interrupt_read_;
  UniqueFd interrupt_write_;
  napi_threadsafe_function wake_ = nullptr;
  std::shared_ptr<Turn> turn_;
  pthread_t thread_{};

  std::mutex mutex_;
  std::condition_variable may_wait_;
  int64_t deadline_ms_ = kNever;
  bool waiting_ = true;
  bool held_ = false;
  bool resting_ = false;
  bool due_ = false;
  bool stop_ = false;
};

}  // namespace

HostAttachment* AttachWithWaiter(napi_env env, UniqueFd fd, napi_value turn,
                                 int* error) {
  return WaiterAttachment::Create(env, std::move(fd), turn, error);
}

}  // namespace rawloop
