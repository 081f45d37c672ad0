// The JavaScript class Pool: a loop's side of a pool. The requests in flight,
// their ids, and the batch of completions on its way to JavaScript. The threads
// are those of a Threads (threads_binding.h), which other loops may use too.
//
//   new Pool(threads)
//   open(pipe)               -> descriptor to watch for reading, by edges, or
//                               -errno
//   cancel(id)               -> true: it was queued and is gone, its id free;
//                               false: it runs or has run, a completion comes
//   takeCompletions(memory, rows) -> rows filled; see rows.h. Ids are free
//                               again at the next call, not before
//   takeBytes(row, target, offset) -> bytes copied for that row of the batch
//   awaitHalf()              the descriptor becomes ready, once, when a queue
//                               has come down to half of what may wait in it
//   stats(), close()
//
// A family of requests has a function of its own beside the class; family.h
// says how to add one, or an operation to one that is there.
#ifndef RAWLOOP_POOL_BINDING_H_
#define RAWLOOP_POOL_BINDING_H_

#include <napi.h>

#include <memory>
#include <vector>

#include "core/args.h"
#include "core/tagged_wrap.h"
#include "pool/job.h"
#include "pool/thread_pool.h"

namespace rawloop {

class Pool : public TaggedWrap<Pool> {
 public:
  static constexpr napi_type_tag kTypeTag = {0x3c1f70b2a64e4d19,
                                             0x8a5d27e9c03b6f41};

  explicit Pool(const Napi::CallbackInfo& info);
  ~Pool() override;

  static napi_value Define(napi_env env);
  // The pool that `value` is; null with a TypeError pending.
  static Pool* From(napi_env env, napi_value value);

  // Queues `job` in `lane`. Its id (0 or more), or -errno: -EBADF when this is
  // not open or the threads have ended, -ENOBUFS when the queue is full, or why
  // no thread is to be had; null with a RangeError pending when there is no
  // such lane.
  napi_value Submit(napi_env env, uint32_t lane, std::unique_ptr<Job> job);

 private:
  static napi_value Open(napi_env env, napi_callback_info info);
  static napi_value Cancel(napi_env env, napi_callback_info info);
  static napi_value TakeCompletions(napi_env env, napi_callback_info info);
  static napi_value TakeBytes(napi_env env, napi_callback_info info);
  static napi_value AwaitHalf(napi_env env, napi_callback_info info);
  static napi_value Stats(napi_env env, napi_callback_info info);
  static napi_value Close(napi_env env, napi_callback_info info);

  struct Cleanup;
  static void OnEnvironmentEnd(void* cleanup);

  void ReleaseBatch();
  size_t FillBatch(const Span& memory, size_t rows);
  void Shutdown();

  napi_env env_;
  std::shared_ptr<ThreadPool> threads_;
  // Shared with the jobs that are on their way; see binding_life.cc.
  std::shared_ptr<Completions> home_;
  bool open_ = false;
  Cleanup* cleanup_ = nullptr;  // null: no hook is set
  // By id: the job, null once it was taken.
  std::vector<Job*> requests_;
  std::vector<uint32_t> free_ids_;
  // The batch taken last. A null job had no bytes of its own, or they were
  // copied.
  std::vector<std::unique_ptr<Job>> batch_;
  std::vector<uint32_t> batch_ids_;
};

}  // namespace rawloop

#endif  // RAWLOOP_POOL_BINDING_H_
