// The JavaScript class Pool: the requests in flight, their ids, and the batch
// of completions on its way to JavaScript. The threads are in pool_threads.h.
//
//   new Pool(size, stackBytes)
//   open(pipe)               -> descriptor to watch for reading, or -errno
//   submit<Family>(...)      -> id (0 or more), or -errno when no thread is
//                               to be had
//   cancel(id)               -> true: it was queued and is gone, its id free;
//                               false: it runs or has run, a completion comes
//   takeCompletions(buffer)  -> rows filled; see Row. Ids are free again at
//                               the next call, not before
//   takeBytes(row, target, offset) -> bytes copied for that row of the batch
//   resize(size), stats(), close()
//
// To add a family of requests: a file with its jobs and its Append function, a
// line in pool.cc, the file in the build lists. The pool stays as it is.
#ifndef RAWLOOP_POOL_H_
#define RAWLOOP_POOL_H_

#include <napi.h>

#include <memory>
#include <vector>

#include "core/args.h"
#include "core/tagged_wrap.h"
#include "pool/pool_job.h"
#include "pool/pool_threads.h"

namespace rawloop {

class Pool : public TaggedWrap<Pool> {
 public:
  static constexpr napi_type_tag kTypeTag = {0x3c1f70b2a64e4d19,
                                             0x8a5d27e9c03b6f41};

  using Methods = std::vector<Napi::ClassPropertyDescriptor<Pool>>;

  explicit Pool(const Napi::CallbackInfo& info);
  ~Pool() override;

  // The pool that a method was called on; null with a TypeError pending.
  static Pool* From(const Args& args);
  static void AddMethod(Methods* methods, const char* name, napi_callback call);

  // What a submit method returns: the job is queued and has an id.
  napi_value Submit(napi_env env, std::unique_ptr<Job> job);

  // Called by RegisterPool().
  static void AppendMethods(Methods* methods);

 private:
  static napi_value Open(napi_env env, napi_callback_info info);
  static napi_value Cancel(napi_env env, napi_callback_info info);
  static napi_value TakeCompletions(napi_env env, napi_callback_info info);
  static napi_value TakeBytes(napi_env env, napi_callback_info info);
  static napi_value Resize(napi_env env, napi_callback_info info);
  static napi_value Stats(napi_env env, napi_callback_info info);
  static napi_value Close(napi_env env, napi_callback_info info);

  struct Cleanup;
  static void OnEnvironmentEnd(void* cleanup);

  void ReleaseBatch();
  size_t FillBatch(const Span& rows);
  void Shutdown();

  napi_env env_;
  // Shared with the hooks that end the threads; see pool.cc.
  std::shared_ptr<ThreadPool> threads_;
  Cleanup* cleanup_ = nullptr;  // null: no hook is set
  // By id: the job, null once it was taken.
  std::vector<Job*> requests_;
  std::vector<uint32_t> free_ids_;
  // The batch taken last. A null job had no bytes, or they were copied.
  std::vector<std::unique_ptr<Job>> batch_;
  std::vector<uint32_t> batch_ids_;
};

// The families.
void AppendFsMethods(Pool::Methods* methods);
void AppendCryptoMethods(Pool::Methods* methods);

}  // namespace rawloop

#endif  // RAWLOOP_POOL_H_
