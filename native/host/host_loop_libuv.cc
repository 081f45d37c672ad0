// Guest mode on a host with libuv: a uv_poll on the poller's descriptor, a
// uv_timer for the deadline, and a uv_check with a uv_idle for a turn in the
// host's very next iteration (a timer of 0 ms would be served again and again
// before the host's own I/O; the idle handle only keeps the host from waiting).
// libuv is found at run time, so the addon has no undefined uv_ symbol and
// loads in hosts without it; a handle's size comes from uv_handle_size and its
// first field is `data`, which libuv's ABI promises.
#include <dlfcn.h>

#include <cerrno>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <new>
#include <utility>

#include "host/host_loop.h"

namespace rawloop {
namespace {

struct UvLoop;
struct UvHandle {
  void* data;  // the first field of every libuv handle
};

constexpr int kUvCheck = 2;   // UV_CHECK
constexpr int kUvIdle = 6;    // UV_IDLE
constexpr int kUvPoll = 8;    // UV_POLL
constexpr int kUvTimer = 13;  // UV_TIMER
constexpr int kUvReadable = 1;

struct Libuv {
  size_t (*handle_size)(int type);
  int (*poll_init)(UvLoop*, UvHandle*, int fd);
  int (*poll_start)(UvHandle*, int events, void (*)(UvHandle*, int, int));
  int (*poll_stop)(UvHandle*);
  // Deno's stand-in for libuv has no loop to run, and its poll handles report
  // once: they are started again after each report.
  bool poll_once;
  int (*timer_init)(UvLoop*, UvHandle*);
  int (*timer_start)(UvHandle*, void (*)(UvHandle*), uint64_t timeout_ms,
                     uint64_t repeat_ms);
  int (*timer_stop)(UvHandle*);
  int (*check_init)(UvLoop*, UvHandle*);
  int (*check_start)(UvHandle*, void (*)(UvHandle*));
  int (*check_stop)(UvHandle*);
  int (*idle_init)(UvLoop*, UvHandle*);
  int (*idle_start)(UvHandle*, void (*)(UvHandle*));
  int (*idle_stop)(UvHandle*);
  void (*ref)(UvHandle*);
  void (*unref)(UvHandle*);
  void (*close)(UvHandle*, void (*)(UvHandle*));
  napi_status (*get_loop)(napi_env, UvLoop**);

  bool Find() {
    poll_once = dlsym(RTLD_DEFAULT, "uv_run") == nullptr;
    return Load("uv_handle_size", &handle_size) &&
           Load("uv_poll_init", &poll_init) &&
           Load("uv_poll_start", &poll_start) &&
           Load("uv_poll_stop", &poll_stop) &&
           Load("uv_timer_init", &timer_init) &&
           Load("uv_timer_start", &timer_start) &&
           Load("uv_timer_stop", &timer_stop) &&
           Load("uv_check_init", &check_init) &&
           Load("uv_check_start", &check_start) &&
           Load("uv_check_stop", &check_stop) &&
           Load("uv_idle_init", &idle_init) &&
           Load("uv_idle_start", &idle_start) &&
           Load("uv_idle_stop", &idle_stop) && Load("uv_ref", &ref) &&
           Load("uv_unref", &unref) && Load("uv_close", &close) &&
           Load("napi_get_uv_event_loop", &get_loop);
  }

  template <typename T>
  static bool Load(const char* name, T* out) {
    *out = reinterpret_cast<T>(dlsym(RTLD_DEFAULT, name));
    return *out != nullptr;
  }
};

class LibuvAttachment : public HostAttachment {
 public:
  static LibuvAttachment* Create(napi_env env, UniqueFd fd, napi_value turn,
                                 int* error) {
    Libuv uv;
    UvLoop* loop = nullptr;
    *error = -ENOSYS;
    if (!uv.Find() || uv.get_loop(env, &loop) != napi_ok) return nullptr;
    *error = -ENOMEM;
    auto* self =
        new (std::nothrow) LibuvAttachment(env, uv, loop, std::move(fd));
    if (self == nullptr) return nullptr;
    if (self->HasHandles()) *error = self->Open(turn);
    if (*error == 0) return self;
    self->Close();
    return nullptr;
  }

  void Arm(int64_t timeout_ms) override {
    if (timeout_ms == 0 && !uv_.poll_once) {
      uv_.check_start(check_, OnCheck);
      uv_.idle_start(idle_, OnIdle);
    } else if (timeout_ms < 0) {
      uv_.timer_stop(timer_);
    } else {
      // libuv counts from its cached time, which a long callback leaves behind:
      // then the turn comes early, finds nothing due and arms the rest. Deno
      // has no uv_update_time.
      uv_.timer_start(timer_, OnTimer, static_cast<uint64_t>(timeout_ms), 0);
    }
  }

  // Any of them may be what calls next, so all carry the reference.
  void SetRef(bool ref) override {
    for (UvHandle* handle : {poll_, timer_, check_, idle_}) {
      (ref ? uv_.ref : uv_.unref)(handle);
    }
  }

  void Rest() override {
    resting_ = true;
    uv_.poll_stop(poll_);
    uv_.timer_stop(timer_);
    uv_.check_stop(check_);
    uv_.idle_stop(idle_);
  }

  void GoOn() override {
    resting_ = false;
    // It cannot fail: the descriptor is the one that it began with.
    uv_.poll_start(poll_, kUvReadable, OnReadable);
  }

  void Close() override {
    if (closing_) return;
    closing_ = true;
    if (turn_) turn_->Close();
    turn_.reset();
    if (open_handles_ == 0) return Finish();
    for (UvHandle* handle : {timer_, check_, idle_, poll_}) {
      if (handle->data == this) uv_.close(handle, OnClosed);
    }
    // At once, as libuv asks for it no more; a thread of Deno's may.
    if (!uv_.poll_once) fd_.Reset();
  }

 private:
  LibuvAttachment(napi_env env, const Libuv& uv, UvLoop* loop, UniqueFd fd)
      : env_(env),
        uv_(uv),
        loop_(loop),
        fd_(std::move(fd)),
        poll_(NewHandle(kUvPoll)),
        timer_(NewHandle(kUvTimer)),
        check_(NewHandle(kUvCheck)),
        idle_(NewHandle(kUvIdle)) {}

  ~LibuvAttachment() override {
    free(poll_);
    free(timer_);
    free(check_);
    free(idle_);
  }

  UvHandle* NewHandle(int type) {
    return static_cast<UvHandle*>(calloc(1, uv_.handle_size(type)));
  }

  // What was opened carries this in `data`, set after init, as Deno clears it
  // there.
  void Opened(UvHandle* handle) {
    handle->data = this;
    open_handles_++;
  }

  bool HasHandles() const {
    return poll_ != nullptr && timer_ != nullptr && check_ != nullptr &&
           idle_ != nullptr;
  }

  int Open(napi_value turn) {
    // The turn first, while there is nothing to be undone.
    try {
      turn_ = std::make_shared<Turn>(env_, turn);
    } catch (const std::bad_alloc&) {
      return -ENOMEM;
    }
    int error = uv_.poll_init(loop_, poll_, fd_.get());
    if (error != 0) return error;
    Opened(poll_);
    // These cannot fail.
    uv_.timer_init(loop_, timer_);
    Opened(timer_);
    uv_.check_init(loop_, check_);
    Opened(check_);
    uv_.idle_init(loop_, idle_);
    Opened(idle_);
    // The environment waits, on its way out, until the handles are closed.
    napi_add_async_cleanup_hook(env_, OnCleanup, this, &hook_);
    return uv_.poll_start(poll_, kUvReadable, OnReadable);
  }

  static LibuvAttachment* From(void* data) {
    return static_cast<LibuvAttachment*>(data);
  }

  static void OnReadable(UvHandle* handle, int, int) {
    From(handle->data)->RunTurn(false);
  }
  static void OnIdle(UvHandle*) {}
  static void OnCheck(UvHandle* handle) {
    LibuvAttachment* self = From(handle->data);
    self->uv_.check_stop(self->check_);
    self->uv_.idle_stop(self->idle_);
    self->RunTurn(true);
  }
  static void OnTimer(UvHandle* handle) { From(handle->data)->RunTurn(true); }

  void RunTurn(bool due) {
    // The turn may close this attachment, which drops the Turn that runs.
    std::shared_ptr<Turn> turn = turn_;
    if (!turn) return;
    turn->Run(due);
    if (turn->closed()) return;  // `this` is perhaps deleted by now
    if (!due && uv_.poll_once && !resting_) {
      uv_.poll_start(poll_, kUvReadable, OnReadable);
    }
  }

  static void OnCleanup(napi_async_cleanup_hook_handle, void* data) {
    From(data)->Close();
  }

  static void OnClosed(UvHandle* handle) {
    LibuvAttachment* self = From(handle->data);
    if (--self->open_handles_ == 0) self->Finish();
  }

  void Finish() {
    if (hook_ != nullptr) napi_remove_async_cleanup_hook(hook_);
    delete this;
  }

  napi_env env_;
  Libuv uv_;
  UvLoop* loop_;
  UniqueFd fd_;
  UvHandle* poll_;
  UvHandle* timer_;
  UvHandle* check_;
  UvHandle* idle_;
  bool closing_ = false;
  bool resting_ = false;
  int open_handles_ = 0;
  std::shared_ptr<Turn> turn_;
  napi_async_cleanup_hook_handle hook_ = nullptr;
};

}  // namespace

int HostDescriptor(napi_env env) {
  UvLoop* loop = nullptr;
  napi_status (*get_loop)(napi_env, UvLoop**);
  int (*backend_fd)(const UvLoop*);
  if (!Libuv::Load("napi_get_uv_event_loop", &get_loop) ||
      !Libuv::Load("uv_backend_fd", &backend_fd) ||
      get_loop(env, &loop) != napi_ok) {
    return -ENOSYS;
  }
  return backend_fd(loop);
}

int HostAlive(napi_env env) {
  using GetLoop = napi_status (*)(napi_env, UvLoop**);
  using LoopAlive = int (*)(const UvLoop*);
  // Looked up once, as it is asked for between two jobs of a thread.
  static const auto get_loop =
      reinterpret_cast<GetLoop>(dlsym(RTLD_DEFAULT, "napi_get_uv_event_loop"));
  static const auto loop_alive =
      reinterpret_cast<LoopAlive>(dlsym(RTLD_DEFAULT, "uv_loop_alive"));
  UvLoop* loop = nullptr;
  if (get_loop == nullptr || loop_alive == nullptr ||
      get_loop(env, &loop) != napi_ok) {
    return -ENOSYS;
  }
  return loop_alive(loop) != 0 ? 1 : 0;
}

HostAttachment* AttachToLibuv(napi_env env, UniqueFd fd, napi_value turn,
                              int* error) {
  return LibuvAttachment::Create(env, std::move(fd), turn, error);
}

}  // namespace rawloop
