#include "pool/foreign.h"

#include <cerrno>
#include <new>
#include <utility>

#include "core/args.h"
#include "core/tagged_wrap.h"
#include "os/stay_loaded.h"

namespace rawloop {

namespace {

constexpr const char* kFunctions[] = {"lane",  "submit", "cancel",
                                      "watch", "modify", "unwatch"};
// Ids are positive where the ABI returns them, and fit a rawloop_id.
constexpr rawloop_id kMaxId = 0x7fffffff;

// Scopes of a call that another addon makes, from wherever it is.
class Scope {
 public:
  explicit Scope(napi_env env) : env_(env) {
    napi_open_handle_scope(env, &scope_);
  }
  ~Scope() { napi_close_handle_scope(env_, scope_); }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  const napi_env env_;
  napi_handle_scope scope_ = nullptr;
};

}  // namespace

ForeignInterface::ForeignInterface(napi_env env)
    : api_{RAWLOOP_API_VERSION,
           sizeof(rawloop_api),
           reinterpret_cast<rawloop_loop*>(this),
           Lane,
           Submit,
           Cancel,
           Watch,
           Modify,
           Unwatch},
      env_(env),
      thread_(std::this_thread::get_id()) {}

napi_value ForeignInterface::Open(napi_env env, napi_value functions) {
  napi_value object;
  napi_create_object(env, &object);
  for (const char* name : kFunctions) {
    napi_value function;
    napi_valuetype type = napi_undefined;
    if (napi_get_named_property(env, functions, name, &function) != napi_ok) {
      return nullptr;
    }
    napi_typeof(env, function, &type);
    if (type != napi_function) {
      ThrowType(env, name, "a function");
      return nullptr;
    }
    napi_property_descriptor property = {};
    property.utf8name = name;
    property.value = function;
    napi_define_properties(env, object, 1, &property);
  }
  std::unique_ptr<ForeignInterface> made(new ForeignInterface(env));
  napi_type_tag_object(env, object, &rawloop_tag);
  napi_wrap(env, object, &made->api_, Finalize, made.get(), nullptr);
  ForeignInterface* const self = made.release();
  napi_create_reference(env, object, 0, &self->object_);
  return object;
}

void ForeignInterface::Finalize(napi_env env, void*, void* data) {
  std::unique_ptr<ForeignInterface> self(static_cast<ForeignInterface*>(data));
  napi_delete_reference(env, self->object_);
}

ForeignInterface* ForeignInterface::From(napi_env env, napi_value value) {
  const rawloop_api* api = rawloop_from(env, value, RAWLOOP_API_VERSION);
  if (api != nullptr) return Of(api->loop);
  ThrowType(env, "interface", "that of a loop");
  return nullptr;
}

Foreign* ForeignInterface::Find(rawloop_id id) {
  const auto found = known_.find(id);
  return found == known_.end() ? nullptr : &found->second;
}

int32_t ForeignInterface::Call(const char* name,
                               std::initializer_list<double> numbers) {
  if (std::this_thread::get_id() != thread_) return -EPERM;
  const Scope scope(env_);
  napi_value values[3] = {};
  size_t count = 0;
  for (double number : numbers) {
    napi_create_double(env_, number, &values[count++]);
  }
  return CallWith(name, count, values);
}

int32_t ForeignInterface::CallWith(const char* name, size_t count,
                                   const napi_value* values) {
  napi_value object = nullptr;
  napi_value function = nullptr;
  napi_value value = nullptr;
  int32_t result = -EBADF;
  if (napi_get_reference_value(env_, object_, &object) != napi_ok ||
      object == nullptr ||
      napi_get_named_property(env_, object, name, &function) != napi_ok ||
      napi_call_function(env_, object, function, count, values, &value) !=
          napi_ok) {
    return -EBADF;
  }
  napi_get_value_int32(env_, value, &result);
  return result;
}

int32_t ForeignInterface::Lane(rawloop_loop* loop, const char* name) {
  ForeignInterface* const self = Of(loop);
  if (self == nullptr) return -EINVAL;
  if (std::this_thread::get_id() != self->thread_) return -EPERM;
  const Scope scope(self->env_);
  napi_value text = nullptr;
  if (name == nullptr ||
      napi_create_string_utf8(self->env_, name, NAPI_AUTO_LENGTH, &text) !=
          napi_ok) {
    return -EINVAL;
  }
  return self->CallWith("lane", 1, &text);
}

// The id is known before JavaScript is called, which may call back at once.
// Until it took the data, that stays the caller's.
int64_t ForeignInterface::Add(Foreign foreign, const char* name, double first,
                              double second) {
  if (std::this_thread::get_id() != thread_) return -EPERM;
  while (known_.count(next_) > 0 || next_ == 0) next_ = (next_ + 1) & kMaxId;
  const rawloop_id id = next_;
  next_ = (next_ + 1) & kMaxId;
  known_.emplace(id, std::move(foreign));
  const int32_t result = Call(name, {static_cast<double>(id), first, second});
  if (result >= 0) return id;
  known_.erase(id);
  return result;
}

int64_t ForeignInterface::Take(Foreign foreign, void (*drop)(void*), void* data,
                               const char* name, double first, double second) {
  std::shared_ptr<ForeignData> taken;
  int64_t id = -ENOMEM;
  // No exception leaves by a C function.
  try {
    taken = std::make_shared<ForeignData>(drop, data);
    foreign.data = taken;
    id = Add(std::move(foreign), name, first, second);
  } catch (const std::bad_alloc&) {
  }
  if (id < 0 && taken != nullptr) taken->Keep();
  return id;
}

int64_t ForeignInterface::Submit(rawloop_loop* loop, int32_t lane,
                                 const rawloop_job* job) {
  if (loop == nullptr || job == nullptr || job->work == nullptr) return -EINVAL;
  Foreign foreign;
  foreign.work = job->work;
  foreign.done = job->done;
  const int64_t id = Of(loop)->Take(std::move(foreign), job->drop, job->data,
                                    "submit", lane, 0);
  if (id >= 0) Of(loop)->KeepCode(*job);
  return id;
}

void ForeignInterface::KeepCode(const rawloop_job& job) {
  if (job.work == kept_work_ && job.drop == kept_drop_) return;
  kept_work_ = job.work;
  kept_drop_ = job.drop;
  KeepLoaded(reinterpret_cast<const void*>(job.work));
  if (job.drop != nullptr) {
    KeepLoaded(reinterpret_cast<const void*>(job.drop));
  }
}

int32_t ForeignInterface::Cancel(rawloop_loop* loop, rawloop_id id) {
  ForeignInterface* const self = Of(loop);
  if (self == nullptr) return -EINVAL;
  if (std::this_thread::get_id() != self->thread_) return -EPERM;
  const Foreign* found = self->Find(id);
  if (found == nullptr || found->work == nullptr) return -ENOENT;
  return self->Call("cancel", {static_cast<double>(id)});
}

int64_t ForeignInterface::Watch(rawloop_loop* loop, int fd, uint32_t events,
                                const rawloop_watcher* watcher) {
  if (loop == nullptr || watcher == nullptr || watcher->ready == nullptr) {
    return -EINVAL;
  }
  Foreign foreign;
  foreign.ready = watcher->ready;
  return Of(loop)->Take(std::move(foreign), watcher->drop, watcher->data,
                        "watch", fd, events);
}

int32_t ForeignInterface::Modify(rawloop_loop* loop, rawloop_id id,
                                 uint32_t events) {
  if (loop == nullptr) return -EINVAL;
  return Of(loop)->Call("modify",
                        {static_cast<double>(id), static_cast<double>(events)});
}

int32_t ForeignInterface::Unwatch(rawloop_loop* loop, rawloop_id id) {
  if (loop == nullptr) return -EINVAL;
  return Of(loop)->Call("unwatch", {static_cast<double>(id)});
}

}  // namespace rawloop
