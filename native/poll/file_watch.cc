// The JavaScript side of file_watcher.h: class FileWatch, and which files it is
// for. See fstatfs(2).
#include <napi.h>
#include <sys/epoll.h>
#include <sys/vfs.h>

#include <cerrno>
#include <memory>
#include <new>

#include "core/args.h"
#include "core/module.h"
#include "core/retried.h"
#include "core/tagged_wrap.h"
#include "poll/file_watcher.h"

namespace rawloop {
namespace {

constexpr decltype(statfs::f_type) kProc = 0x9fa0;
// The pressure files of control groups.
constexpr decltype(statfs::f_type) kCgroup = 0x63677270;

// isToldOnce(fd): whether asking for priority takes the event of this file.
napi_value IsToldOnce(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  if (!args.Descriptor(0, &fd)) return nullptr;
  struct statfs status;
  int result = Retried([&] { return fstatfs(fd, &status); });
  napi_value is;
  napi_get_boolean(
      env, result == 0 && (status.f_type == kProc || status.f_type == kCgroup),
      &is);
  return is;
}

// new FileWatch(): a watcher whose `error` is 0, or -errno when it is none.
class FileWatch : public TaggedWrap<FileWatch> {
 public:
  static constexpr napi_type_tag kTypeTag = {0x6ad02b71c85f4e97,
                                             0xa2e6945d0c1f83b8};

  explicit FileWatch(const Napi::CallbackInfo& info)
      : TaggedWrap(info), env_(info.Env()) {
    if (Value().IsEmpty()) return;  // a Worker that is ending wraps nothing
    watcher_.reset(new (std::nothrow) FileWatcher());
    int error = watcher_ ? watcher_->Start() : -ENOMEM;
    if (error == 0) {
      napi_add_env_cleanup_hook(env_, OnEnvironmentEnd, this);
    } else {
      watcher_.reset();
    }
    // The constructor cannot return -errno: the caller reads it here.
    rawloop::Define(env_, Value(), "error", Int(env_, error));
  }

  ~FileWatch() override { Stop(); }

  static Napi::Function DefineIn(Napi::Env env) {
    return DefineClass(env, "FileWatch",
                       {InstanceMethod("control", &FileWatch::Control),
                        InstanceMethod("take", &FileWatch::Take),
                        InstanceMethod("close", &FileWatch::Close),
                        InstanceAccessor<&FileWatch::GetDoorbell>("doorbell")});
  }

 private:
  void Stop() {
    if (!watcher_) return;
    napi_remove_env_cleanup_hook(env_, OnEnvironmentEnd, this);
    watcher_.reset();
  }

  static void OnEnvironmentEnd(void* self) {
    static_cast<FileWatch*>(self)->watcher_.reset();
  }

  // control(op, fd, events, token): 0 or -errno.
  Napi::Value Control(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    double op;
    double fd;
    double events;
    double token;
    if (!ReadInteger(env, info[0], "op", 1, 3, &op) ||
        !ReadInteger(env, info[1], "fd", 0, INT32_MAX, &fd) ||
        !ReadInteger(env, info[2], "events", 0, UINT32_MAX, &events) ||
        !ReadInteger(env, info[3], "token", 0, kMaxSafeInteger, &token)) {
      return {};
    }
    return {env,
            Int(env, watcher_ ? Do(static_cast<int>(op), static_cast<int>(fd),
                                   static_cast<uint32_t>(events),
                                   static_cast<uint64_t>(token))
                              : -EBADF)};
  }

  int Do(int op, int fd, uint32_t events, uint64_t token) {
    try {
      switch (op) {
        case EPOLL_CTL_ADD:
          return watcher_->Add(fd, events, token);
        case EPOLL_CTL_MOD:
          return watcher_->Modify(fd, events, token);
        default:
          return watcher_->Delete(fd, token);
      }
    } catch (const std::bad_alloc&) {
      return -ENOMEM;
    }
  }

  // take(ready, from, capacity): fills the records from `from` on; how many.
  Napi::Value Take(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    double from;
    double capacity;
    Span ready;
    if (!ReadInteger(env, info[1], "from", 0, INT32_MAX, &from) ||
        !ReadInteger(env, info[2], "capacity", from, INT32_MAX, &capacity)) {
      return {};
    }
    if (!ReadSpan(env, info[0], &ready) ||
        ready.size < static_cast<size_t>(capacity) * sizeof(ReadyRecord)) {
      ThrowRange(env, "ready", "memory of so many records");
      return {};
    }
    auto* records = reinterpret_cast<ReadyRecord*>(ready.data);
    auto first = static_cast<size_t>(from);
    size_t taken = watcher_
                       ? watcher_->Take(records + first,
                                        static_cast<size_t>(capacity) - first)
                       : 0;
    return {env, Int(env, static_cast<int32_t>(taken))};
  }

  Napi::Value GetDoorbell(const Napi::CallbackInfo& info) {
    return {info.Env(), Int(info.Env(), watcher_ ? watcher_->doorbell() : -1)};
  }

  void Close(const Napi::CallbackInfo&) { Stop(); }

  napi_env env_;
  std::unique_ptr<FileWatcher> watcher_;
};

void RegisterFileWatch(napi_env env, napi_value exports) {
  const Function functions[] = {{"isToldOnce", Guarded<IsToldOnce>}};
  Export(env, exports, functions);
  Define(env, exports, "FileWatch", FileWatch::DefineIn(env));
}
RAWLOOP_MODULE(RegisterFileWatch);

}  // namespace
}  // namespace rawloop
