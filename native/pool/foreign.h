// What other addons bring: jobs for the pool, callbacks of watchers, by
// include/rawloop.h. The interface is an object of JavaScript, which carries
// the struct of functions. What these do is JavaScript's: it gave the object
// functions that submit, cancel and watch as for its own requests, so that
// counters, limits and what keeps the loop alive are the same.
//
//   openInterface(functions) -> the object; functions: lane(name),
//                     submit(id, lane), cancel(id), watch(id, fd, events),
//                     modify(id, events), unwatch(id), each -> number
//   submitForeign(pool, lane, object, id) -> id of the request, or -errno
//   foreignDone(object, id, result)  it is done: `done`, then `drop`
//   foreignReady(object, id, fd, events)
//   foreignOver(object, id)          it will not be called any more: `drop`,
//                     once no thread works on it
#ifndef RAWLOOP_POOL_FOREIGN_H_
#define RAWLOOP_POOL_FOREIGN_H_

#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <thread>
#include <unordered_map>

#include "../../include/rawloop.h"
#include "pool/job.h"

namespace rawloop {

// The data of another addon, given back when nobody has it any more.
class ForeignData {
 public:
  ForeignData(void (*drop)(void*), void* data) : drop_(drop), data_(data) {}
  ~ForeignData() {
    if (drop_ != nullptr) drop_(data_);
  }
  ForeignData(const ForeignData&) = delete;
  ForeignData& operator=(const ForeignData&) = delete;

  void* get() const { return data_; }
  // It was not taken: it stays the caller's.
  void Keep() { drop_ = nullptr; }

 private:
  void (*drop_)(void*);
  void* const data_;
};

// A job or a watcher of another addon: one or the other has its function.
struct Foreign {
  std::shared_ptr<ForeignData> data;
  int32_t (*work)(void*) = nullptr;
  napi_value (*done)(void*, int32_t) = nullptr;
  napi_value (*ready)(void*, int, uint32_t) = nullptr;
};

// Holds on to the data on its own: its loop may be gone while it runs.
class ForeignJob final : public Job {
 public:
  explicit ForeignJob(const Foreign& from)
      : data_(from.data), work_(from.work) {}
  void Run() override {
    MustFinish();
    status_ = work_(data_->get());
  }

 private:
  const std::shared_ptr<ForeignData> data_;
  int32_t (*const work_)(void*);
};

// What the object of JavaScript carries: `api` is what others see of it.
class ForeignInterface {
 public:
  static napi_value Open(napi_env env, napi_value functions);
  // Null with a TypeError pending.
  static ForeignInterface* From(napi_env env, napi_value value);

  // Null when there is none of that number.
  Foreign* Find(rawloop_id id);
  // Drops its data, unless a thread works on it.
  void Forget(rawloop_id id) { known_.extract(id); }

 private:
  explicit ForeignInterface(napi_env env);
  static ForeignInterface* Of(rawloop_loop* loop) {
    return reinterpret_cast<ForeignInterface*>(loop);
  }
  static void Finalize(napi_env env, void* api, void* self);

  static int32_t Lane(rawloop_loop* loop, const char* name);
  static int64_t Submit(rawloop_loop* loop, int32_t lane,
                        const rawloop_job* job);
  static int32_t Cancel(rawloop_loop* loop, rawloop_id job);
  static int64_t Watch(rawloop_loop* loop, int fd, uint32_t events,
                       const rawloop_watcher* watcher);
  static int32_t Modify(rawloop_loop* loop, rawloop_id id, uint32_t events);
  static int32_t Unwatch(rawloop_loop* loop, rawloop_id id);

  // Calls the function of that name, with numbers: what it returns, or -EBADF
  // when JavaScript cannot be called.
  int32_t Call(const char* name, std::initializer_list<double> numbers);
  int32_t CallWith(const char* name, size_t count, const napi_value* values);
  int64_t Add(Foreign foreign, const char* name, double first, double second);
  // Its code may run when its environment, which loaded it, is gone.
  void KeepCode(const rawloop_job& job);
  // The same with `data`, which stays the caller's when it is not taken.
  int64_t Take(Foreign foreign, void (*drop)(void*), void* data,
               const char* name, double first, double second);

  rawloop_api api_;
  const napi_env env_;
  const std::thread::id thread_;
  napi_ref object_ = nullptr;  // weak: the object has this
  std::unordered_map<rawloop_id, Foreign> known_;
  // The code of the job that was submitted last.
  int32_t (*kept_work_)(void*) = nullptr;
  void (*kept_drop_)(void*) = nullptr;
  rawloop_id next_ = 1;
};

}  // namespace rawloop

#endif  // RAWLOOP_POOL_FOREIGN_H_
