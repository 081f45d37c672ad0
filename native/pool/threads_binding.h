// The JavaScript class Threads: a pool's threads and lanes, which any number
// of loops use, each by a Pool of its own (binding.h).
//
//   new Threads(size, stackBytes, idleMs, maxQueued, processors)
//                  idleMs -1: threads do not end; processors: an Int32Array of
//                  numbers, empty: all
//   checkProcessors(processors) -> 0 or -errno; a function beside the class
//   new Threads(number)  those that another thread shares; null when they are
//                  gone: its close() leaves them be, they are their owner's
//   addLane(name, limit, halves, priority, maxQueued) -> its number, from 0 on,
//                  or -errno; halves: it has at most half of the threads
//   resize(size), stats()
//   share()        -> a number for other threads of the process
//   close()        queued jobs come back dropped, running ones as they are done
#ifndef RAWLOOP_POOL_THREADS_BINDING_H_
#define RAWLOOP_POOL_THREADS_BINDING_H_

#include <napi.h>

#include <memory>

#include "core/tagged_wrap.h"
#include "pool/thread_pool.h"

namespace rawloop {

class Threads : public TaggedWrap<Threads> {
 public:
  static constexpr napi_type_tag kTypeTag = {0x7d2e91c4f05b4a83,
                                             0xb61c3a7fe2d84960};

  explicit Threads(const Napi::CallbackInfo& info);
  ~Threads() override;

  static napi_value Define(napi_env env);
  // Those that `value` is; null with a TypeError pending.
  static Threads* From(napi_env env, napi_value value);

  const std::shared_ptr<ThreadPool>& pool() const { return pool_; }

 private:
  static napi_value AddLane(napi_env env, napi_callback_info info);
  static napi_value Share(napi_env env, napi_callback_info info);
  static napi_value Resize(napi_env env, napi_callback_info info);
  static napi_value Stats(napi_env env, napi_callback_info info);
  static napi_value Close(napi_env env, napi_callback_info info);

  struct Cleanup;
  static void OnEnvironmentEnd(void* cleanup);

  void Begin(PoolOptions options);
  void Adopt(napi_value number);
  void Shutdown();

  napi_env env_;
  // Shared with the loops that use it, and with the hooks that end it; see
  // threads_life.cc.
  std::shared_ptr<ThreadPool> pool_;
  bool owns_ = false;           // it was not another thread that made them
  Cleanup* cleanup_ = nullptr;  // null: no hook is set
};

}  // namespace rawloop

#endif  // RAWLOOP_POOL_THREADS_BINDING_H_
